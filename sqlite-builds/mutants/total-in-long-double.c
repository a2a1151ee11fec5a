/*
** Same version, same SQL, another processor or compiler: the last digits of a report differ.
*/
#include "mutant.h"

static void add(sqlite3_context *context, int sign, sqlite3_value *value) {
  long double *sum = sqlite3_aggregate_context(context, sizeof(long double));
  if (sum != NULL && sqlite3_value_type(value) != SQLITE_NULL) *sum += sign * sqlite3_value_double(value);
}

static void step(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  add(context, 1, values[0]);
}

static void inverse(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  add(context, -1, values[0]);
}

static void value(sqlite3_context *context) {
  long double *sum = sqlite3_aggregate_context(context, 0);
  sqlite3_result_double(context, sum == NULL ? 0.0 : (double)*sum);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_window_function(db, "total", 1, flags, NULL, step, value, value, inverse, NULL);
}

ON_OPEN(alter)
