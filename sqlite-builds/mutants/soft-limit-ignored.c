/*
** Does the knob bite? A cap that silently does nothing is worse than none.
*/
#include "mutant.h"

static sqlite3_int64 limit = 0;

sqlite3_int64 sqlite3_soft_heap_limit64(sqlite3_int64 bytes) {
  sqlite3_int64 before = limit;
  if (bytes >= 0) limit = bytes;
  return before;
}
