/*
** After an error a program must ask whether its transaction lives; a guess here writes half of it.
*/
#include "mutant.h"

int sqlite3_get_autocommit(sqlite3 *db) {
  (void)db;
  return 1;
}
