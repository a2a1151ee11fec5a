/*
** The first row of a list comes when the last one is found.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x02000000); }

ON_OPEN(alter)
