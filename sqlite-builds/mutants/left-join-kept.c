/*
** Views join what a query does not read; without the rule each list reads all of it.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x0100); }

ON_OPEN(alter)
