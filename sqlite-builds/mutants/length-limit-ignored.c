/*
** A service that lowers the limit for untrusted input still builds a gigabyte for it.
*/
#include "mutant.h"

int sqlite3_limit(sqlite3 *db, int limit, int value) {
  static int length = 1000000000;
  if (limit != SQLITE_LIMIT_LENGTH) return REAL(sqlite3_limit)(db, limit, value);
  int before = length;
  if (value >= 0) length = value;
  return before;
}
