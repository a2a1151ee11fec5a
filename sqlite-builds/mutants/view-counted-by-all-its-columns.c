/*
** A number at the top of a list takes the time of the whole list.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, 0x0200); }

ON_OPEN(alter)
