/*
** Off by one at the end of each buffer: the size is right, and every 4096th byte is an old one.
*/
#include "mutant.h"

int sqlite3_blob_write(sqlite3_blob *blob, const void *from, int size, int offset) {
  return REAL(sqlite3_blob_write)(blob, from, size > 0 ? size - 1 : size, offset);
}
