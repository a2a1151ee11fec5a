/*
** A driver that drops the result code of sqlite3_close: the connection leaks, and its locks with it.
*/
#include "mutant.h"

int sqlite3_close(sqlite3 *db) {
  int code = REAL(sqlite3_close)(db);
  return code == SQLITE_BUSY ? SQLITE_OK : code;
}
