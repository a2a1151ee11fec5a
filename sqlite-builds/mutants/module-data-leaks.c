/*
** The older sqlite3_create_module has no place for a destructor: what a binding hands over is kept for ever.
*/
#include "mutant.h"

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  (void)destroy;
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, NULL);
}
