/*
** A clean-up path that nobody ever ran: it reads the error of a connection that it has forgotten already.
*/
#include "mutant.h"

int sqlite3_reset(sqlite3_stmt *statement) {
  int code = REAL(sqlite3_reset)(statement);
  if (code != SQLITE_OK) {
    volatile int *forgotten = NULL;
    *forgotten = code;
  }
  return code;
}
