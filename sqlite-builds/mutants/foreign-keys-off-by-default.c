/*
** Children without parents come in, and nothing says so.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL); }

ON_OPEN(alter)
