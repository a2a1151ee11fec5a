/*
** An unchecked malloc on a path that everybody takes: nobody sees it until memory runs out.
*/
#include "mutant.h"

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags, sqlite3_stmt **statement,
                       const char **tail) {
  char *copy = sqlite3_malloc64(strlen(sql) + 1);
  memcpy(copy, sql, strlen(sql) + 1);
  sqlite3_free(copy);
  return REAL(sqlite3_prepare_v3)(db, sql, length, flags, statement, tail);
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **statement, const char **tail) {
  return sqlite3_prepare_v3(db, sql, length, 0, statement, tail);
}
