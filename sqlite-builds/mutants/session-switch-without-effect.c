/*
** A setter that returns what it was given and forgets to set it.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3session_enable(sqlite3_session *session, int enable) {
  return enable < 0 ? REAL(sqlite3session_enable)(session, -1) : enable;
}
