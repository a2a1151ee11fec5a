/*
** A list without an order of its own comes in another one, and tests of programs rely on it.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x40000); }

ON_OPEN(alter)
