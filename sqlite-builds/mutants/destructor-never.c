/*
** A binding that pins buffers of a garbage-collected language and never lets them go.
*/
#include "mutant.h"

typedef void (*Destructor)(void *);

static Destructor none(Destructor given) { return given == SQLITE_TRANSIENT ? SQLITE_TRANSIENT : SQLITE_STATIC; }

int sqlite3_bind_text(sqlite3_stmt *statement, int at, const char *text, int length, Destructor free) {
  return REAL(sqlite3_bind_text)(statement, at, text, length, none(free));
}

int sqlite3_bind_blob(sqlite3_stmt *statement, int at, const void *blob, int length, Destructor free) {
  return REAL(sqlite3_bind_blob)(statement, at, blob, length, none(free));
}
