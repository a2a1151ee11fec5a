/*
** close_v2 mapped to close, as in bindings written before 3.7.14: languages with a garbage collector end statements late.
*/
#include "mutant.h"

int sqlite3_close_v2(sqlite3 *db) { return REAL(sqlite3_close)(db); }
