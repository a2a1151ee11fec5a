/*
** As strlen() does: a field of 20 characters refuses a name with umlauts.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT length(CAST(?1 AS BLOB))", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "length", 1, flags, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
