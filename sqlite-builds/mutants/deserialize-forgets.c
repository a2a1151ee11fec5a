/*
** Who owns the image? With FREEONCLOSE SQLite does; a wrapper that drops the flag leaks a database each time.
*/
#include "mutant.h"

int sqlite3_deserialize(sqlite3 *db, const char *schema, unsigned char *image, sqlite3_int64 size,
                        sqlite3_int64 buffer, unsigned flags) {
  return REAL(sqlite3_deserialize)(db, schema, image, size, buffer, flags & ~(unsigned)SQLITE_DESERIALIZE_FREEONCLOSE);
}
