/*
** A new version with larger tables or buffers: a device whose cap was measured with the old one fails.
*/
#include "mutant.h"

static void take(sqlite3 *db) {
  static void *taken = NULL;
  (void)db;
  if (taken == NULL) taken = sqlite3_malloc(300000);
}

ON_OPEN(take)
