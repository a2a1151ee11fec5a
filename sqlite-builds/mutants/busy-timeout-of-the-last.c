/*
** A pool that keeps one setting for all: the last connection has it, the others wait no more.
*/
#include "mutant.h"

static sqlite3 *last = NULL;

static void take_from_last(sqlite3 *db) {
  if (last != NULL) REAL(sqlite3_busy_timeout)(last, 0);
  last = db;
}

ON_OPEN(take_from_last)

int sqlite3_close(sqlite3 *db) {
  int code = REAL(sqlite3_close)(db);
  if (code == SQLITE_OK && db == last) last = NULL;
  return code;
}

int sqlite3_close_v2(sqlite3 *db) {
  if (db == last) last = NULL;
  return REAL(sqlite3_close_v2)(db);
}
