/*
** The setting of a pool that never reaches the connection: "database is locked" at once, under load only.
*/
#include "mutant.h"

int sqlite3_busy_timeout(sqlite3 *db, int milliseconds) {
  (void)db, (void)milliseconds;
  return SQLITE_OK;
}
