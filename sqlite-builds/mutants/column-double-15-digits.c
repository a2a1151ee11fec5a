/*
** A driver that fetches reals as text: the last bit of every third value is lost, and nothing looks wrong.
*/
#include "mutant.h"

double sqlite3_column_double(sqlite3_stmt *statement, int at) {
  char text[64];
  snprintf(text, sizeof text, "%.15g", REAL(sqlite3_column_double)(statement, at));
  return strtod(text, NULL);
}
