/*
** A callback that a wrapper answers itself, because "omit" is what most programs say: the others never hear of it.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

static int (*told)(void *, int, sqlite3_changeset_iter *);

static int silent(void *data, int kind, sqlite3_changeset_iter *iter) {
  return kind == SQLITE_CHANGESET_DATA ? SQLITE_CHANGESET_OMIT : told(data, kind, iter);
}

int sqlite3changeset_apply(sqlite3 *db, int n, void *changes, int (*filter)(void *, const char *),
                           int (*conflict)(void *, int, sqlite3_changeset_iter *), void *data) {
  told = conflict;
  return REAL(sqlite3changeset_apply)(db, n, changes, filter, silent, data);
}
