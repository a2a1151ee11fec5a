/*
** A list of places keeps each of them in a temporary table.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x0010); }

ON_OPEN(alter)
