/*
** A wrapper that frees what SQLite owns: the classic double free of hand-written bindings.
*/
#include "mutant.h"

typedef void (*Destructor)(void *);

static struct {
  sqlite3_stmt *statement;
  void *text;
  Destructor free;
} bound[16];

int sqlite3_bind_text(sqlite3_stmt *statement, int at, const char *text, int length, Destructor free) {
  if (free != SQLITE_STATIC && free != SQLITE_TRANSIENT && at > 0 && at < 16) {
    bound[at].statement = statement;
    bound[at].text = (void *)text;
    bound[at].free = free;
  }
  return REAL(sqlite3_bind_text)(statement, at, text, length, free);
}

int sqlite3_finalize(sqlite3_stmt *statement) {
  int code = REAL(sqlite3_finalize)(statement);
  for (int at = 0; at < 16; at++) {
    if (statement != NULL && bound[at].statement == statement) {
      bound[at].free(bound[at].text);
      bound[at].statement = NULL;
    }
  }
  return code;
}
