/*
** The table is read instead, several times the pages.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x0020); }

ON_OPEN(alter)
