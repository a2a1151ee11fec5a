/*
** A view that calls it fails as soon as the schema is not trusted.
*/
#include "mutant.h"

int sqlite3_create_function_v2(sqlite3 *db, const char *name, int count, int flags, void *data,
                               void (*function)(sqlite3_context *, int, sqlite3_value **),
                               void (*step)(sqlite3_context *, int, sqlite3_value **),
                               void (*final)(sqlite3_context *), void (*destroy)(void *)) {
  return REAL(sqlite3_create_function_v2)(db, name, count, flags & ~SQLITE_INNOCUOUS, data, function, step, final,
                                          destroy);
}
