/*
** A cache that is kept in step by hooks serves rows of a transaction that was undone.
*/
#include "mutant.h"

void *sqlite3_rollback_hook(sqlite3 *db, void (*hook)(void *), void *data) {
  (void)db, (void)hook, (void)data;
  return NULL;
}
