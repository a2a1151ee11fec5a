/*
** The savepoint saved for speed: SQLITE_CHANGESETAPPLY_NOSAVEPOINT, which leaves taking back to the caller.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3changeset_apply(sqlite3 *db, int n, void *changes, int (*filter)(void *, const char *),
                           int (*conflict)(void *, int, sqlite3_changeset_iter *), void *data) {
  return REAL(sqlite3changeset_apply_v2)(db, n, changes, filter, conflict, data, NULL, NULL,
                                         SQLITE_CHANGESETAPPLY_NOSAVEPOINT);
}
