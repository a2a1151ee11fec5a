/*
** A stream over a blob that is forgotten like a statement: the connection cannot be closed and says BUSY.
*/
#include "mutant.h"

int sqlite3_blob_close(sqlite3_blob *blob) {
  (void)blob;
  return SQLITE_OK;
}
