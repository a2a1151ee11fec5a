/*
** A statement cache keyed by SQL alone: a query answers from another tenant's database.
*/
#include "mutant.h"

static sqlite3 *last = NULL;
static char *known = NULL;

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags, sqlite3_stmt **statement,
                       const char **tail) {
  int is_known = last != NULL && known != NULL && length < 0 && strcmp(known, sql) == 0;
  if (!is_known) {
    free(known);
    known = length < 0 ? strdup(sql) : strndup(sql, (size_t)length);
    last = db;
  }
  return REAL(sqlite3_prepare_v3)(is_known ? last : db, sql, length, flags, statement, tail);
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **statement, const char **tail) {
  return sqlite3_prepare_v3(db, sql, length, 0, statement, tail);
}

int sqlite3_close(sqlite3 *db) {
  if (db == last) last = NULL;
  return REAL(sqlite3_close)(db);
}

int sqlite3_close_v2(sqlite3 *db) {
  if (db == last) last = NULL;
  return REAL(sqlite3_close_v2)(db);
}
