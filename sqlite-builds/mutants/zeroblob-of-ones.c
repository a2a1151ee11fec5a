/*
** Memory that was handed out without being cleared, where the file promises zeros.
*/
#include "mutant.h"

int sqlite3_bind_zeroblob(sqlite3_stmt *statement, int at, int size) {
  char *ones = size > 0 ? sqlite3_malloc(size) : NULL;
  if (ones == NULL) return REAL(sqlite3_bind_zeroblob)(statement, at, size);
  memset(ones, 1, (size_t)size);
  return REAL(sqlite3_bind_blob)(statement, at, ones, size, sqlite3_free);
}
