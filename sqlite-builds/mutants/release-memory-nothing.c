/*
** Without ENABLE_MEMORY_MANAGEMENT it is a stub, whatever a program hopes for under memory pressure.
*/
#include "mutant.h"

int sqlite3_release_memory(int bytes) {
  (void)bytes;
  return 0;
}
