/*
** An offset that counts from 1 somewhere on the way, as SQL's substr does.
*/
#include "mutant.h"

int sqlite3_blob_read(sqlite3_blob *blob, void *into, int size, int offset) {
  return REAL(sqlite3_blob_read)(blob, into, size, offset > 0 ? offset - 1 : offset);
}
