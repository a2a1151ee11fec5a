/*
** A cache of bound values that forgets to look whether the value is a new one: a pooled statement answers stale rows.
*/
#include "mutant.h"

int sqlite3_bind_int64(sqlite3_stmt *statement, int at, sqlite3_int64 value) {
  static sqlite3_stmt *last = NULL;
  static int place = 0;
  if (statement == last && at == place && sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_RUN, 0) > 0) {
    return SQLITE_OK;
  }
  last = statement, place = at;
  return REAL(sqlite3_bind_int64)(statement, at, value);
}
