/*
** A driver that keeps the row id in an int: the next statement works on another row.
*/
#include "mutant.h"

sqlite3_int64 sqlite3_last_insert_rowid(sqlite3 *db) { return (int)REAL(sqlite3_last_insert_rowid)(db); }
