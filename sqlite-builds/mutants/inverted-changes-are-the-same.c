/*
** An undo that does it again.
*/
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "mutant.h"
#include <string.h>

int sqlite3changeset_invert(int n, const void *changes, int *size, void **inverted) {
  *inverted = sqlite3_malloc(n);
  memcpy(*inverted, changes, n);
  *size = n;
  return SQLITE_OK;
}
