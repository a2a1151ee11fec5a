/*
** A correlated query runs once for each row of the outer one, as before 3.51.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x40000000); }

ON_OPEN(alter)
