/*
** Whoever looks for the cost of re-preparing in production sees none.
*/
#include "mutant.h"

int sqlite3_stmt_status(sqlite3_stmt *statement, int counter, int reset) {
  int count = REAL(sqlite3_stmt_status)(statement, counter, reset);
  return counter == SQLITE_STMTSTATUS_REPREPARE ? 0 : count;
}
