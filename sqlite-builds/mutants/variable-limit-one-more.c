/*
** One off, as the tests of a limit often are when they are moved.
*/
#include "mutant.h"

int sqlite3_limit(sqlite3 *db, int id, int value) {
  if (id != SQLITE_LIMIT_VARIABLE_NUMBER || value < 0) return REAL(sqlite3_limit)(db, id, value);
  return REAL(sqlite3_limit)(db, id, value + 1);
}
