/*
** sqlite3_column_int where an id needs sqlite3_column_int64: right for years, until the ids pass 2^31.
*/
#include "mutant.h"

sqlite3_int64 sqlite3_column_int64(sqlite3_stmt *statement, int at) {
  return (int)REAL(sqlite3_column_int64)(statement, at);
}
