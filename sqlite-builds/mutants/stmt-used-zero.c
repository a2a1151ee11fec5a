/*
** Monitoring that reads the counter sees no forgotten statement.
*/
#include "mutant.h"

int sqlite3_db_status(sqlite3 *db, int counter, int *now, int *peak, int reset) {
  int code = REAL(sqlite3_db_status)(db, counter, now, peak, reset);
  if (code == SQLITE_OK && counter == SQLITE_DBSTATUS_STMT_USED) *now = 0;
  return code;
}
