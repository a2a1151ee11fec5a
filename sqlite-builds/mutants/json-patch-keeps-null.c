/*
** RFC 7396 says that null removes; a setting that a user has cleared stays.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT json_patch(?1, replace(?2, ':null', ':\"\"'))", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "json_patch", 2, flags, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
