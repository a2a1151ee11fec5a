/*
** Replication and caches that hang on the hook: what it refuses is committed all the same.
*/
#include "mutant.h"

void *sqlite3_commit_hook(sqlite3 *db, int (*hook)(void *), void *data) {
  (void)db, (void)hook, (void)data;
  return NULL;
}
