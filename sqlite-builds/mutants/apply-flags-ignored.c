/*
** What a release does with flags that it does not know: nothing, and it does not say so.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3changeset_apply_v2(sqlite3 *db, int n, void *changes, int (*filter)(void *, const char *),
                              int (*conflict)(void *, int, sqlite3_changeset_iter *), void *data, void **rebase,
                              int *size, int flags) {
  return REAL(sqlite3changeset_apply_v2)(db, n, changes, filter, conflict, data, rebase, size, 0);
}
