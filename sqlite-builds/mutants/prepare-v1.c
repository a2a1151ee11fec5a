/*
** Bindings that still call the interface of 2006 meet SQLITE_SCHEMA in production, after somebody else's DDL.
*/
#include "mutant.h"

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **statement, const char **tail) {
  return REAL(sqlite3_prepare)(db, sql, length, statement, tail);
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags, sqlite3_stmt **statement,
                       const char **tail) {
  (void)flags;
  return REAL(sqlite3_prepare)(db, sql, length, statement, tail);
}
