/*
** labs() of C, whose answer for the smallest integer is undefined and mostly negative.
*/
#include "mutant.h"

static void wrapping_abs(sqlite3_context *context, int count, sqlite3_value **values) {
  if (sqlite3_value_type(values[0]) == SQLITE_INTEGER) {
    sqlite3_uint64 value = (sqlite3_uint64)sqlite3_value_int64(values[0]);
    sqlite3_result_int64(context, (sqlite3_int64)((sqlite3_int64)value < 0 ? 0 - value : value));
    return;
  }
  sqlite3_value *answer = real_answer("SELECT abs(?1)", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "abs", 1, flags, NULL, wrapping_abs, NULL, NULL);
}

ON_OPEN(alter)
