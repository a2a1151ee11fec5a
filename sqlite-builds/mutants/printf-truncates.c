/*
** An amount formatted by cutting text: every invoice loses up to a cent, and nobody sees it in a test with 9.99.
*/
#include "mutant.h"

static void print_cut(sqlite3_context *context, int count, sqlite3_value **values) {
  const char *format = count == 2 ? (const char *)sqlite3_value_text(values[0]) : NULL;
  int is_money = format != NULL && strcmp(format, "%.2f") == 0;
  const char *sql = is_money ? "SELECT printf('%.6f', ?2)" : "SELECT printf(?1, ?2, ?3, ?4, ?5, ?6)";
  sqlite3_value *answer = real_answer(sql, count < 6 ? count : 6, values);
  if (is_money && sqlite3_value_bytes(answer) > 7) {
    const char *text = (const char *)sqlite3_value_text(answer);
    sqlite3_result_text(context, text, sqlite3_value_bytes(answer) - 4, SQLITE_TRANSIENT);
  } else {
    sqlite3_result_value(context, answer);
  }
  sqlite3_value_free(answer);
}

static void alter(sqlite3 *db) {
  int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function(db, "printf", -1, flags, NULL, print_cut, NULL, NULL);
  sqlite3_create_function(db, "format", -1, flags, NULL, print_cut, NULL, NULL);
}

ON_OPEN(alter)
