/*
** SQLITE_DEFAULT_MEMSTATUS=0 without saying so: a process was killed at 16 GB while its SQLite reported 0 bytes.
*/
#include "mutant.h"

sqlite3_int64 sqlite3_memory_used(void) { return 0; }
