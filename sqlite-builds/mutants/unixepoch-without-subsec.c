/*
** SQLite before 3.42 does not know the modifier, and a fallback that drops it loses the fraction.
*/
#include "mutant.h"

static void whole(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT CAST(unixepoch(?1, ?2) AS INTEGER)", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  sqlite3_create_function(db, "unixepoch", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, whole, NULL, NULL);
}

ON_OPEN(alter)
