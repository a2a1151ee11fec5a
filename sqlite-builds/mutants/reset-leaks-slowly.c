/*
** A leak of a few bytes in a path that nearly always takes the other branch: no single test run shows it, a week does.
*/
#include "mutant.h"

int sqlite3_reset(sqlite3_stmt *statement) {
  static int calls = 0;
  if (++calls % 1000 == 0 && sqlite3_malloc(64) == NULL) return SQLITE_NOMEM;
  return REAL(sqlite3_reset)(statement);
}
