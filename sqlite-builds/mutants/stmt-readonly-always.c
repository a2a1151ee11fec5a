/*
** A read-only pool that asks the statement sends writes to a replica.
*/
#include "mutant.h"

int sqlite3_stmt_readonly(sqlite3_stmt *statement) {
  (void)statement;
  return 1;
}
