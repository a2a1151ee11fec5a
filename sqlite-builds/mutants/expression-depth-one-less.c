/*
** One off, as the tests of a limit often are when they are moved.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 999); }

ON_OPEN(alter)
