/*
** A table that chooses its plan by the value it is asked for has one plan for all.
*/
#include "mutant.h"

int sqlite3_vtab_rhs_value(sqlite3_index_info *info, int constraint, sqlite3_value **value) {
  int code = REAL(sqlite3_vtab_rhs_value)(info, constraint, value);
  *value = NULL;
  return code == SQLITE_OK ? SQLITE_NOTFOUND : code;
}
