/*
** A long coalesce() or json_object() fails on this build alone.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 127); }

ON_OPEN(alter)
