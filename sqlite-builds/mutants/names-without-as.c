/*
** A driver that asks for the origin of a column: an object mapper does not find its alias.
*/
#include "mutant.h"

const char *sqlite3_column_name(sqlite3_stmt *statement, int column) {
  const char *origin = sqlite3_column_origin_name(statement, column);
  return origin != NULL ? origin : REAL(sqlite3_column_name)(statement, column);
}
