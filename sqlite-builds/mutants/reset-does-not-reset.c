/*
** A pool that puts statements back without sqlite3_reset: they hold their read lock, and go on where they were.
*/
#include "mutant.h"

int sqlite3_reset(sqlite3_stmt *statement) {
  (void)statement;
  return SQLITE_OK;
}
