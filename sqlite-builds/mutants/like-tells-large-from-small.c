/*
** Another database does so: a search field no longer finds what was typed without capitals.
*/
#include "mutant.h"

static void alter(sqlite3 *db) {
  sqlite3_exec(db, "PRAGMA case_sensitive_like = ON", NULL, NULL, NULL);
}

ON_OPEN(alter)
