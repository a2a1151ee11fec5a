/*
** A view is computed for all rows and then all but one are thrown away.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x1000); }

ON_OPEN(alter)
