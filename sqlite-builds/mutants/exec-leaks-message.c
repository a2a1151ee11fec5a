/*
** sqlite3_exec hands its message out by sqlite3_malloc; a caller that only prints it leaks it.
*/
#include "mutant.h"

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data, char **message) {
  int code = REAL(sqlite3_exec)(db, sql, row, data, message);
  if (code != SQLITE_OK) (void)sqlite3_mprintf("%s", sqlite3_errmsg(db));
  return code;
}
