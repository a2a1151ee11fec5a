/*
** A wrapper that takes one failed statement for the end of memory: the cap costs the connection, not the statement.
*/
#include "mutant.h"

static int failed = 0;

int sqlite3_step(sqlite3_stmt *statement) {
  if (failed) return SQLITE_NOMEM;
  int code = REAL(sqlite3_step)(statement);
  failed = code == SQLITE_NOMEM;
  return code;
}
