/*
** Keys that were made by upper() on one machine are not found on the other.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT replace(upper(?1), 'ä', 'Ä')", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "upper", 1, flags, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
