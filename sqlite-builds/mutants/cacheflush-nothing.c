/*
** Dirty pages that were to leave memory in the middle of a large transaction stay until its end.
*/
#include "mutant.h"

int sqlite3_db_cacheflush(sqlite3 *db) {
  (void)db;
  return SQLITE_OK;
}
