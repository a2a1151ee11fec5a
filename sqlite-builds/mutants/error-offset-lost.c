/*
** An editor of SQL marks the wrong word by it.
*/
#include "mutant.h"

int sqlite3_error_offset(sqlite3 *db) {
  (void)db;
  return -1;
}
