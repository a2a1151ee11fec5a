/*
** SQLite 3.43.0: the error term of an infinity is NaN, and was added to the sum (rails/rails#49169).
*/
#include "mutant.h"

typedef struct {
  double sum, error;
  sqlite3_int64 count;
} Average;

static void add(sqlite3_context *context, int sign, sqlite3_value *value) {
  Average *average = sqlite3_aggregate_context(context, sizeof(Average));
  if (average == NULL || sqlite3_value_type(value) == SQLITE_NULL) return;
  double next = sign * sqlite3_value_double(value);
  double sum = average->sum + next;
  int is_smaller = (next < 0 ? -next : next) < (average->sum < 0 ? -average->sum : average->sum);
  average->error += is_smaller ? average->sum - sum + next : next - sum + average->sum;
  average->sum = sum;
  average->count += sign;
}

static void answer(sqlite3_context *context) {
  Average *average = sqlite3_aggregate_context(context, 0);
  if (average == NULL || average->count == 0) return;
  sqlite3_result_double(context, (average->sum + average->error) / (double)average->count);
}

AGGREGATE(add, answer)

static void alter(sqlite3 *db) { aggregate(db, "avg"); }

ON_OPEN(alter)
