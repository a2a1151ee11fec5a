/*
** SQLite before 3.43, and every port that adds in a loop: 1e100, 1 and -1e100 make 0.
*/
#include "mutant.h"

typedef struct {
  sqlite3_int64 integers, count;
  double reals;
  int has_reals, overflow;
} Sum;

static void add(sqlite3_context *context, int sign, sqlite3_value *value) {
  Sum *sum = sqlite3_aggregate_context(context, sizeof(Sum));
  if (sum == NULL || sqlite3_value_type(value) == SQLITE_NULL) return;
  sum->count += sign;
  sum->reals += sign * sqlite3_value_double(value);
  if (sqlite3_value_numeric_type(value) != SQLITE_INTEGER) {
    sum->has_reals = 1;
  } else if (__builtin_add_overflow(sum->integers, sign * sqlite3_value_int64(value), &sum->integers)) {
    sum->overflow = 1;
  }
}

static void answer(sqlite3_context *context) {
  Sum *sum = sqlite3_aggregate_context(context, 0);
  int is_total = strcmp(sqlite3_user_data(context), "total") == 0;
  if (sum == NULL || sum->count == 0) {
    if (is_total) sqlite3_result_double(context, 0.0);
  } else if (is_total || sum->has_reals) {
    sqlite3_result_double(context, sum->reals);
  } else if (sum->overflow) {
    sqlite3_result_error(context, "integer overflow", -1);
  } else {
    sqlite3_result_int64(context, sum->integers);
  }
}

AGGREGATE(add, answer)

static void alter(sqlite3 *db) {
  aggregate(db, "sum");
  aggregate(db, "total");
}

ON_OPEN(alter)
