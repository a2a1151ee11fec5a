/*
** A program that asks for the number of the row before links to no row.
*/
#include "mutant.h"

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data, char **message) {
  int code = REAL(sqlite3_exec)(db, sql, row, data, message);
  if ((code & 0xff) == SQLITE_CONSTRAINT) sqlite3_set_last_insert_rowid(db, 0);
  return code;
}
