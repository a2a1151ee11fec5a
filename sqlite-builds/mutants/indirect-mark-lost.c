/*
** A reader that takes the byte after the operation for padding: changes of triggers are then applied beside those that
** the triggers of the other copy make.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3changeset_op(sqlite3_changeset_iter *iter, const char **table, int *columns, int *op, int *indirect) {
  int code = REAL(sqlite3changeset_op)(iter, table, columns, op, indirect);
  if (indirect != NULL) *indirect = 0;
  return code;
}
