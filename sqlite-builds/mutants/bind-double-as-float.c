/*
** A binding of a language whose numbers were 32 bits wide: 0.1 arrives as 0.10000000149011612.
*/
#include "mutant.h"

int sqlite3_bind_double(sqlite3_stmt *statement, int at, double value) {
  return REAL(sqlite3_bind_double)(statement, at, (double)(float)value);
}
