/*
** An xDestroy written as "undo the creation, then disconnect", where SQLite calls only one of the two and the table's code
** frees the table in both: a double free at DROP TABLE.
*/
#include "mutant.h"

static sqlite3_module altered;
static int (*real_destroy)(sqlite3_vtab *), (*real_disconnect)(sqlite3_vtab *);

static int destroy_table(sqlite3_vtab *table) {
  int code = real_destroy(table);
  if (code == SQLITE_OK) real_disconnect(table);
  return code;
}

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (methods != NULL && methods->xCreate != methods->xConnect) {
    altered = *methods;
    real_destroy = methods->xDestroy;
    real_disconnect = methods->xDisconnect;
    altered.xDestroy = destroy_table;
    methods = &altered;
  }
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
}
