/*
** A binding that takes xDisconnect for a counterpart of DROP TABLE and leaves it empty: each connection leaks its tables.
*/
#include "mutant.h"

static sqlite3_module altered;

static int nothing(sqlite3_vtab *table) {
  (void)table;
  return SQLITE_OK;
}

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (methods != NULL && methods->xCreate != methods->xConnect) {
    altered = *methods;
    altered.xDisconnect = nothing;
    methods = &altered;
  }
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
}
