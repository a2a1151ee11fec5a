/*
** SQLITE_DEFAULT_LOOKASIDE=0,0 or OMIT_LOOKASIDE of a packager: every small allocation goes to malloc.
*/
#include "mutant.h"

static void without_lookaside(sqlite3 *db) { sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0); }

ON_OPEN(without_lookaside)
