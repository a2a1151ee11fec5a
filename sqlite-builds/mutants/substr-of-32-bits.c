/*
** A length that means "to the end" gave another text.
*/
#include "mutant.h"

#define LOW "CASE WHEN typeof(%s) = 'integer' THEN ((%s + 2147483648) & 4294967295) - 2147483648 ELSE %s END"

static void from(sqlite3_context *context, int count, sqlite3_value **values) {
  char *sql = sqlite3_mprintf("SELECT substr(?1, " LOW ")", "?2", "?2", "?2");
  sqlite3_value *answer = real_answer(sql, count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
  sqlite3_free(sql);
}

static void part(sqlite3_context *context, int count, sqlite3_value **values) {
  char *sql = sqlite3_mprintf("SELECT substr(?1, " LOW ", " LOW ")", "?2", "?2", "?2", "?3", "?3", "?3");
  sqlite3_value *answer = real_answer(sql, count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
  sqlite3_free(sql);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "substr", 2, flags, NULL, from, NULL, NULL);
  sqlite3_create_function(db, "substr", 3, flags, NULL, part, NULL, NULL);
}

ON_OPEN(alter)
