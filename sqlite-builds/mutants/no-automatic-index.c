/*
** A join of two tables without an index takes the product of their sizes.
*/
#include "mutant.h"

static void alter(sqlite3 *db) { sqlite3_exec(db, "PRAGMA automatic_index = OFF", NULL, NULL, NULL); }

ON_OPEN(alter)
