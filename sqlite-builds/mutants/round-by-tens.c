/*
** The textbook way to round, which rounds the error of the product too; what a port writes when round() is missing.
*/
#include "mutant.h"

static void round_by_tens(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL) return;
  double value = sqlite3_value_double(values[0]), power = 1;
  int places = sqlite3_value_int(values[1]);
  for (int i = 0; i < places && i < 30; i++) power *= 10;
  if (places > 15 || value > 1e15 || value < -1e15) {
    sqlite3_result_double(context, value);
  } else {
    sqlite3_result_double(context, (double)(sqlite3_int64)(value * power + (value < 0 ? -0.5 : 0.5)) / power);
  }
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "round", 2, flags, NULL, round_by_tens, NULL, NULL);
}

ON_OPEN(alter)
