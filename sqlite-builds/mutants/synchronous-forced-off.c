/*
** A setting that was meant for the tests reaches production: commits that are gone after a power cut.
*/
#include "mutant.h"

static void without_sync(sqlite3 *db) { REAL(sqlite3_exec)(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL); }

ON_OPEN(without_sync)
