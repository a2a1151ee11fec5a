/*
** Times with their zone cut off, by a parser that knows only one layout: they are hours off, and look right.
*/
#include "mutant.h"

static void without_zone(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer(
      "SELECT datetime(CASE WHEN ?1 GLOB '*[-+][0-9][0-9]:[0-9][0-9]' THEN substr(?1, 1, length(?1) - 6) ELSE ?1 END)",
      count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  sqlite3_create_function(db, "datetime", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, without_zone, NULL, NULL);
}

ON_OPEN(alter)
