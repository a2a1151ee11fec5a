/*
** Banker's rounding where the books expect half away from zero: half of the half cents differ by one.
*/
#include "mutant.h"

static void round_to_even(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_value *answer = real_answer(count == 1 ? "SELECT round(?1)" : "SELECT round(?1, ?2)", count, values);
  double value = sqlite3_value_double(values[0]);
  double whole = sqlite3_value_double(answer);
  int is_half = (whole - value == 0.5 || value - whole == 0.5) && (sqlite3_int64)whole % 2 != 0;
  if (count == 1 && is_half) {
    sqlite3_result_double(context, value > 0 ? whole - 1 : whole + 1);
  } else {
    sqlite3_result_value(context, answer);
  }
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "round", 1, flags, NULL, round_to_even, NULL, NULL);
}

ON_OPEN(alter)
