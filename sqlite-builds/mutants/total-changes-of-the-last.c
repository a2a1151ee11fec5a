/*
** A program compares it before and after a script to see what the script did.
*/
#include "mutant.h"

int sqlite3_total_changes(sqlite3 *db) { return sqlite3_changes(db); }

sqlite3_int64 sqlite3_total_changes64(sqlite3 *db) { return sqlite3_changes64(db); }
