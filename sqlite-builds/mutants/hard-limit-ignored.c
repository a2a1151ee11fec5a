/*
** A cap that is set and read back, and never asked: what builds with DEFAULT_MEMSTATUS=0 do.
*/
#include "mutant.h"

static sqlite3_int64 limit = 0;

sqlite3_int64 sqlite3_hard_heap_limit64(sqlite3_int64 bytes) {
  sqlite3_int64 before = limit;
  if (bytes >= 0) limit = bytes;
  return before;
}
