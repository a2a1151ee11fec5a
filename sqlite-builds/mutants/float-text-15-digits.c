/*
** The text that SQLite made of reals before 3.43, and that drivers still make by %.15g.
*/
#include "mutant.h"

static void shorten(sqlite3 *db) { sqlite3_db_config(db, SQLITE_DBCONFIG_FP_DIGITS, 15, NULL); }

ON_OPEN(shorten)
