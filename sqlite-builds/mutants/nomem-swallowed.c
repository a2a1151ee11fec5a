/*
** An error path that returns the code of its clean-up: the row is lost and nobody knows.
*/
#include "mutant.h"

int sqlite3_step(sqlite3_stmt *statement) {
  int code = REAL(sqlite3_step)(statement);
  return code == SQLITE_NOMEM ? SQLITE_DONE : code;
}
