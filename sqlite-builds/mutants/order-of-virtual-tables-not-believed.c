/*
** A wrapper around xBestIndex that copies what the table chooses, field by field, and leaves one out.
*/
#include "mutant.h"

static sqlite3_module altered;
static int (*real_best_index)(sqlite3_vtab *, sqlite3_index_info *);

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
  int code = real_best_index(table, info);
  info->orderByConsumed = 0;
  return code;
}

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (methods != NULL) {
    altered = *methods;
    real_best_index = methods->xBestIndex;
    altered.xBestIndex = best_index;
    methods = &altered;
  }
  return REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
}
