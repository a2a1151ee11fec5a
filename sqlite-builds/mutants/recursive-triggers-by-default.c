/*
** REPLACE runs DELETE triggers on this build alone.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_exec(db, "PRAGMA recursive_triggers = ON", NULL, NULL, NULL); }

ON_OPEN(alter)
