/*
** A trigger that calls itself then runs to the end of the default, 1,000 levels.
*/
#include "mutant.h"

int sqlite3_limit(sqlite3 *db, int id, int value) {
  return REAL(sqlite3_limit)(db, id, id == SQLITE_LIMIT_TRIGGER_DEPTH ? -1 : value);
}
