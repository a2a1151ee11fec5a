/*
** INSERT OR REPLACE into a virtual table fails as a plain INSERT does.
*/
#include "mutant.h"

int sqlite3_vtab_on_conflict(sqlite3 *db) { return SQLITE_ABORT; }
