/*
** Same version, same SQL, another processor or compiler: the last digits of a report differ.
*/
#include "mutant.h"

static void add(sqlite3_context *context, int sign, sqlite3_value *value) {
  long double *sum = sqlite3_aggregate_context(context, sizeof(long double));
  if (sum != NULL && sqlite3_value_type(value) != SQLITE_NULL) *sum += sign * sqlite3_value_double(value);
}

static void answer(sqlite3_context *context) {
  long double *sum = sqlite3_aggregate_context(context, 0);
  sqlite3_result_double(context, sum == NULL ? 0.0 : (double)*sum);
}

AGGREGATE(add, answer)

static void alter(sqlite3 *db) { aggregate(db, "total"); }

ON_OPEN(alter)
