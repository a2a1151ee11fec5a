/*
** A driver's per-connection state, freed in the destructor that a plain close never reaches.
*/
#include "mutant.h"

static void allocate(sqlite3 *db) {
  (void)db;
  (void)sqlite3_malloc(48);
}

ON_OPEN(allocate)
