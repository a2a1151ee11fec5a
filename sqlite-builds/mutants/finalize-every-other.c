/*
** A pool that counts references hands statements back twice and finalizes once.
*/
#include "mutant.h"

int sqlite3_finalize(sqlite3_stmt *statement) {
  static int calls = 0;
  if (++calls % 2 == 0) return SQLITE_OK;
  return REAL(sqlite3_finalize)(statement);
}
