/*
** A program that lowers a limit for one statement cannot put it back.
*/
#include "mutant.h"

int sqlite3_limit(sqlite3 *db, int id, int value) {
  int before = REAL(sqlite3_limit)(db, id, value);
  return value < 0 ? before : REAL(sqlite3_limit)(db, id, -1);
}
