/*
** Two functions that differ in one argument: whoever asks for the small form gets the large one, and conflicts where
** there were none.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3session_patchset(sqlite3_session *session, int *size, void **changes) {
  return sqlite3session_changeset(session, size, changes);
}
