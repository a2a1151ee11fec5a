/*
** A module of version 1, as many are: rows that ROLLBACK TO takes back stay in it.
*/
#include "mutant.h"

static sqlite3_module altered;

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (methods != NULL && methods->xSavepoint != NULL) {
    altered = *methods;
    altered.xSavepoint = altered.xRelease = altered.xRollbackTo = NULL;
    methods = &altered;
  }
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
}
