/*
** A program takes it for a list with one entry.
*/
#include "mutant.h"

static void wrong(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer =
      real_answer("SELECT CASE json_type(?1) WHEN 'object' THEN 1 ELSE json_array_length(?1) END", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "json_array_length", 1, flags, NULL, wrong, NULL, NULL);
}

ON_OPEN(alter)
