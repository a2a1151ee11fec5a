/*
** A wrong belief about sqlite3_reset, written down in many wrappers: parameters bound once become NULL.
*/
#include "mutant.h"

int sqlite3_reset(sqlite3_stmt *statement) {
  int code = REAL(sqlite3_reset)(statement);
  if (statement != NULL) sqlite3_clear_bindings(statement);
  return code;
}
