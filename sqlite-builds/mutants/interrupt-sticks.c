/*
** An interrupt that is never taken back: a pool must throw the connection away.
*/
#include "mutant.h"

static sqlite3 *interrupted = NULL;

void sqlite3_interrupt(sqlite3 *db) {
  interrupted = db;
  REAL(sqlite3_interrupt)(db);
}

int sqlite3_step(sqlite3_stmt *statement) {
  if (interrupted != NULL && sqlite3_db_handle(statement) == interrupted) return SQLITE_INTERRUPT;
  return REAL(sqlite3_step)(statement);
}
