/*
** SQL of strangers that may attach no database attaches one.
*/
#include "mutant.h"

int sqlite3_limit(sqlite3 *db, int id, int value) {
  return REAL(sqlite3_limit)(db, id, id == SQLITE_LIMIT_ATTACHED ? -1 : value);
}
