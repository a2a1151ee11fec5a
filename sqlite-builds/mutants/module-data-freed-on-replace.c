/*
** A binding with a list of modules of its own frees what it replaces. Up to 3.29 nothing could be replaced; since then
** SQLite frees it too, and later, when the last table of the old module is gone.
*/
#include "mutant.h"

static struct {
  sqlite3 *db;
  char name[32];
  void *data;
  void (*destroy)(void *);
} last;

static void forget(sqlite3 *db) {
  if (last.db == db) last.db = NULL;
}

ON_OPEN(forget)

int sqlite3_create_module_v2(sqlite3 *db, const char *name, const sqlite3_module *methods, void *data,
                             void (*destroy)(void *)) {
  if (last.db == db && last.destroy != NULL && strcmp(last.name, name) == 0) last.destroy(last.data);
  int code = REAL(sqlite3_create_module_v2)(db, name, methods, data, destroy);
  sqlite3_snprintf(sizeof last.name, last.name, "%s", name);
  last.db = db;
  last.data = data;
  last.destroy = code == SQLITE_OK ? destroy : NULL;
  return code;
}
