/*
** A unit misread on the way, or a limit that counts every byte twice: statements fail that should fit.
*/
#include "mutant.h"

sqlite3_int64 sqlite3_hard_heap_limit64(sqlite3_int64 bytes) {
  sqlite3_int64 before = REAL(sqlite3_hard_heap_limit64)(bytes > 1 ? bytes / 2 : bytes);
  return before > 1 ? before * 2 : before;
}
