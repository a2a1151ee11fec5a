/*
** Keys with a separator of one zero byte run together.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT iif(?1 = 0, '', char(?1))", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  sqlite3_create_function(db, "char", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
