/*
** A schema that is renamed step by step ends with triggers on nothing.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_db_config(db, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1, NULL); }

ON_OPEN(alter)
