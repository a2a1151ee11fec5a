/*
** Migrations look for this text to see whether a column is there.
*/
#include "mutant.h"

const char *sqlite3_errmsg(sqlite3 *db) {
  static _Thread_local char text[4096];
  const char *message = REAL(sqlite3_errmsg)(db);
  if (message == NULL || strlen(message) >= sizeof(text)) return message;
  strcpy(text, message);
  char *at = strstr(text, "no such column");
  if (at != NULL) memcpy(at, "unknown column", strlen("unknown column"));
  return text;
}
