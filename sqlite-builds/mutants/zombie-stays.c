/*
** The remedy that many drivers took for BUSY on close; a zombie that stays keeps memory, file and locks.
*/
#include "mutant.h"

int sqlite3_close_v2(sqlite3 *db) {
  if (db != NULL && sqlite3_next_stmt(db, NULL) != NULL) return SQLITE_OK;
  return REAL(sqlite3_close_v2)(db);
}
