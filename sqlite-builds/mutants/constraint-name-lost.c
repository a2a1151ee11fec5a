/*
** A form shows the user which field is wrong by this name.
*/
#include "mutant.h"

static const char *cut(char *message) {
  char *at = message == NULL ? NULL : strstr(message, "CHECK constraint failed: ");
  if (at != NULL) at[strlen("CHECK constraint failed")] = 0;
  return message;
}

const char *sqlite3_errmsg(sqlite3 *db) {
  static _Thread_local char text[4096];
  const char *message = REAL(sqlite3_errmsg)(db);
  return message == NULL || strlen(message) >= sizeof(text) ? message : cut(strcpy(text, message));
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data, char **message) {
  int code = REAL(sqlite3_exec)(db, sql, row, data, message);
  if (message != NULL) cut(*message);
  return code;
}
