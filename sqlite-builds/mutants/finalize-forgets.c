/*
** A driver's rare path ends a statement without sqlite3_finalize and says OK, as in meganz/sdk#118.
*/
#include "mutant.h"

int sqlite3_finalize(sqlite3_stmt *statement) {
  static int calls = 0;
  if (++calls % 1000 == 0) return SQLITE_OK;
  return REAL(sqlite3_finalize)(statement);
}
