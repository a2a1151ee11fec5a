/*
** Frameworks find the column by this text, among them ORMs and form validators.
*/
#include "mutant.h"

static const char *reworded(char *message) {
  char *at = message == NULL ? NULL : strstr(message, "UNIQUE constraint");
  if (at != NULL) memcpy(at, "Unique", strlen("Unique"));
  return message;
}

const char *sqlite3_errmsg(sqlite3 *db) {
  static _Thread_local char text[4096];
  const char *message = REAL(sqlite3_errmsg)(db);
  return message == NULL || strlen(message) >= sizeof(text) ? message : reworded(strcpy(text, message));
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data, char **message) {
  int code = REAL(sqlite3_exec)(db, sql, row, data, message);
  if (message != NULL) reworded(*message);
  return code;
}
