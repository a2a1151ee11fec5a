/*
** A pooled statement shows the parameters of its last user, and holds their memory.
*/
#include "mutant.h"

int sqlite3_clear_bindings(sqlite3_stmt *statement) {
  (void)statement;
  return SQLITE_OK;
}
