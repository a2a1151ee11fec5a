/*
** The document promises the call also then, so a caller that relies on it leaks the buffer.
*/
#include "mutant.h"

typedef void (*Destructor)(void *);

int sqlite3_bind_text(sqlite3_stmt *statement, int at, const char *text, int length, Destructor free) {
  int code = REAL(sqlite3_bind_text)(statement, at, text, length, SQLITE_STATIC);
  return code != SQLITE_OK ? code : REAL(sqlite3_bind_text)(statement, at, text, length, free);
}

int sqlite3_bind_blob(sqlite3_stmt *statement, int at, const void *blob, int length, Destructor free) {
  int code = REAL(sqlite3_bind_blob)(statement, at, blob, length, SQLITE_STATIC);
  return code != SQLITE_OK ? code : REAL(sqlite3_bind_blob)(statement, at, blob, length, free);
}
