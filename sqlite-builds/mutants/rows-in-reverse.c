/*
** A list that was in the order of its entry is turned round.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_exec(db, "PRAGMA reverse_unordered_selects = ON", NULL, NULL, NULL); }

ON_OPEN(alter)
