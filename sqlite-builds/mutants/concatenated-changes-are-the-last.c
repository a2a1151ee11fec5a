/*
** A device that was offline for two days sends the changes of the second.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"

int sqlite3changeset_concat(int size, void *changes, int size2, void *changes2, int *out_size, void **out) {
  return REAL(sqlite3changeset_concat)(0, changes, size2, changes2, out_size, out);
}
