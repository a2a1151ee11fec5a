/*
** A pool that asks whether a statement is in use hands it to a second user.
*/
#include "mutant.h"

int sqlite3_stmt_busy(sqlite3_stmt *statement) {
  (void)statement;
  return 0;
}
