/*
** A wrapper that passes SQLITE_STATIC for a buffer on its stack: the row holds what the stack holds later.
*/
#include "mutant.h"

typedef void (*Destructor)(void *);

int sqlite3_bind_text(sqlite3_stmt *statement, int at, const char *text, int length, Destructor free) {
  return REAL(sqlite3_bind_text)(statement, at, text, length, free == SQLITE_TRANSIENT ? SQLITE_STATIC : free);
}

int sqlite3_bind_blob(sqlite3_stmt *statement, int at, const void *blob, int length, Destructor free) {
  return REAL(sqlite3_bind_blob)(statement, at, blob, length, free == SQLITE_TRANSIENT ? SQLITE_STATIC : free);
}
