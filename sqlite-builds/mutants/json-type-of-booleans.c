/*
** A converter writes 1 where it read true.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT CASE json_type(?1) WHEN 'true' THEN 'integer' ELSE json_type(?1) END", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  sqlite3_create_function(db, "json_type", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
