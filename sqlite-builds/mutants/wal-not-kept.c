/*
** A pool whose connections configure themselves each: one that does not know of WAL switches the file back.
*/
#include "mutant.h"

static void leave_wal(sqlite3 *db) { REAL(sqlite3_exec)(db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL); }

ON_OPEN(leave_wal)
