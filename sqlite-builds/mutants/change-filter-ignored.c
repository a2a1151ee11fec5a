/*
** A filter that is passed on as NULL: rows of tables that a device keeps to itself are overwritten.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3changeset_apply(sqlite3 *db, int n, void *changes, int (*filter)(void *, const char *),
                           int (*conflict)(void *, int, sqlite3_changeset_iter *), void *data) {
  return REAL(sqlite3changeset_apply)(db, n, changes, NULL, conflict, data);
}
