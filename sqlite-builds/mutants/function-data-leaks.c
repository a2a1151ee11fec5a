/*
** A function registered again, or its connection closed, keeps the closure of the first one for ever.
*/
#include "mutant.h"

int sqlite3_create_function_v2(sqlite3 *db, const char *name, int arguments, int flags, void *data,
                               void (*function)(sqlite3_context *, int, sqlite3_value **),
                               void (*step)(sqlite3_context *, int, sqlite3_value **),
                               void (*final)(sqlite3_context *), void (*destroy)(void *)) {
  (void)destroy;
  return REAL(sqlite3_create_function_v2)(db, name, arguments, flags, data, function, step, final, NULL);
}
