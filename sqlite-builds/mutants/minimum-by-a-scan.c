/*
** The newest entry of a log takes the time of the whole log.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x10000); }

ON_OPEN(alter)
