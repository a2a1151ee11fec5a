/*
** xCreate hands its message over in memory of sqlite3_malloc; a copy of it in another text leaks the first one.
*/
#include "mutant.h"

static sqlite3_module altered;
static int (*real_create)(sqlite3 *, void *, int, const char *const *, sqlite3_vtab **, char **);

static int create(sqlite3 *db, void *data, int count, const char *const *words, sqlite3_vtab **table, char **message) {
  int code = real_create(db, data, count, words, table, message);
  if (code != SQLITE_OK && *message != NULL) *message = sqlite3_mprintf("%s", *message);
  return code;
}

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (methods != NULL && methods->xCreate != methods->xConnect) {
    altered = *methods;
    real_create = methods->xCreate;
    altered.xCreate = create;
    methods = &altered;
  }
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
}
