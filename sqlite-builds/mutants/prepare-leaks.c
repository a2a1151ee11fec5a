/*
** A binding that copies the SQL for its log and never frees the copy: the workload's leak has a rate, and one cause.
*/
#include "mutant.h"

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags, sqlite3_stmt **statement,
                       const char **tail) {
  if (sqlite3_malloc(100) == NULL) return SQLITE_NOMEM;
  return REAL(sqlite3_prepare_v3)(db, sql, length, flags, statement, tail);
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **statement, const char **tail) {
  return sqlite3_prepare_v3(db, sql, length, 0, statement, tail);
}
