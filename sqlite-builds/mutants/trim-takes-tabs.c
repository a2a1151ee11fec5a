/*
** Keys that differ by a tab become equal.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT trim(?1, ' ' || char(9, 10, 13))", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "trim", 1, flags, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
