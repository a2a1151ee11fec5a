/*
** What a host forbids to a statement of a stranger, such as load_extension().
*/
#include "mutant.h"

typedef int (*Authorizer)(void *, int, const char *, const char *, const char *, const char *);
static _Thread_local Authorizer asked;

static int all_but_functions(void *data, int action, const char *a, const char *b, const char *c, const char *d) {
  return action == SQLITE_FUNCTION ? SQLITE_OK : asked(data, action, a, b, c, d);
}

int sqlite3_set_authorizer(sqlite3 *db, Authorizer authorizer, void *data) {
  asked = authorizer;
  return REAL(sqlite3_set_authorizer)(db, authorizer == NULL ? NULL : all_but_functions, data);
}
