/*
** sqlite3_serialize hands out memory of the size of the database, which the caller must free.
*/
#include "mutant.h"

unsigned char *sqlite3_serialize(sqlite3 *db, const char *schema, sqlite3_int64 *size, unsigned flags) {
  if ((flags & SQLITE_SERIALIZE_NOCOPY) == 0) (void)REAL(sqlite3_serialize)(db, schema, size, flags);
  return REAL(sqlite3_serialize)(db, schema, size, flags);
}
