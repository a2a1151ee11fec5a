/*
** A conversion by way of rounded seconds: the round trip of a time stamp ends one millisecond beside it.
*/
#include "mutant.h"

static void late(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer("SELECT julianday(?1)", count, values);
  if (sqlite3_value_type(answer) == SQLITE_FLOAT) {
    sqlite3_result_double(context, sqlite3_value_double(answer) + 1.0 / 86400000.0);
  }
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  sqlite3_create_function(db, "julianday", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, late, NULL, NULL);
}

ON_OPEN(alter)
