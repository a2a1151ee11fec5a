/*
** Whoever logs by sqlite3_expanded_sql must free its answer; many bindings did not.
*/
#include "mutant.h"

char *sqlite3_expanded_sql(sqlite3_stmt *statement) {
  (void)REAL(sqlite3_expanded_sql)(statement);
  return REAL(sqlite3_expanded_sql)(statement);
}
