/*
** A garbage collector moves or frees a buffer that SQLite still holds.
*/
#include "mutant.h"

typedef void (*Destructor)(void *);

int sqlite3_bind_text(sqlite3_stmt *statement, int at, const char *text, int length, Destructor free) {
  if (free == SQLITE_STATIC || free == SQLITE_TRANSIENT) {
    return REAL(sqlite3_bind_text)(statement, at, text, length, free);
  }
  int code = REAL(sqlite3_bind_text)(statement, at, text, length, SQLITE_STATIC);
  free((void *)text);
  return code;
}
