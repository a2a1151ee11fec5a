/*
** The JSON functions lost SQLITE_INNOCUOUS when they moved into the core: with trusted_schema off a table whose CHECK
** says json_valid() could not be made.
*/
#include "mutant.h"

static void valid(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT json_valid(?1)", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void extract(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT json_extract(?1, ?2)", count, values);
  sqlite3_result_value(context, answer);
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  sqlite3_create_function(db, "json_valid", 1, flags, NULL, valid, NULL, NULL);
  sqlite3_create_function(db, "json_extract", 2, flags, NULL, extract, NULL, NULL);
}

ON_OPEN(alter)
