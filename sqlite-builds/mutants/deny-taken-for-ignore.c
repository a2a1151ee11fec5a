/*
** A column that is refused is read as NULL, and no error says so.
*/
#include "mutant.h"

typedef int (*Authorizer)(void *, int, const char *, const char *, const char *, const char *);
static _Thread_local Authorizer asked;

static int milder(void *data, int action, const char *a, const char *b, const char *c, const char *d) {
  int code = asked(data, action, a, b, c, d);
  return code == SQLITE_DENY ? SQLITE_IGNORE : code;
}

int sqlite3_set_authorizer(sqlite3 *db, Authorizer authorizer, void *data) {
  asked = authorizer;
  return REAL(sqlite3_set_authorizer)(db, authorizer == NULL ? NULL : milder, data);
}
