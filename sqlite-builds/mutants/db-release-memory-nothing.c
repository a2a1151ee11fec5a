/*
** An idle pool that trims its connections trims nothing.
*/
#include "mutant.h"

int sqlite3_db_release_memory(sqlite3 *db) {
  (void)db;
  return SQLITE_OK;
}
