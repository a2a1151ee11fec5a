/*
** Monitoring that measures peaks by the hour sees the first one for ever.
*/
#include "mutant.h"

sqlite3_int64 sqlite3_memory_highwater(int reset) {
  (void)reset;
  return REAL(sqlite3_memory_highwater)(0);
}
