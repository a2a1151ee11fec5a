/*
** A program that binds a few thousand parameters fails on this build alone.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, 999); }

ON_OPEN(alter)
