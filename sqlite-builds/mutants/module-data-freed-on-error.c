/*
** A wrapper that cleans up after an error, although SQLite has called the destructor: a double free that only a lack
** of memory shows.
*/
#include "mutant.h"

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  int code = REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
  if (code != SQLITE_OK && destroy != NULL) destroy(data);
  return code;
}
