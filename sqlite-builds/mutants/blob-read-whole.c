/*
** Incremental I/O over a driver that knows only whole values: a gigabyte is held to read a kilobyte of it.
*/
#include "mutant.h"

int sqlite3_blob_read(sqlite3_blob *blob, void *into, int size, int offset) {
  int length = sqlite3_blob_bytes(blob);
  char *whole = sqlite3_malloc(length + 1);
  if (whole == NULL) return SQLITE_NOMEM;
  int code = REAL(sqlite3_blob_read)(blob, whole, length, 0);
  if (code == SQLITE_OK && offset >= 0 && size >= 0 && offset + size <= length) {
    memcpy(into, whole + offset, (size_t)size);
  } else if (code == SQLITE_OK) {
    code = REAL(sqlite3_blob_read)(blob, into, size, offset);
  }
  sqlite3_free(whole);
  return code;
}
