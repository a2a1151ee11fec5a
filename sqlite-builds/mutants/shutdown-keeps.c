/*
** A library that is unloaded without its shutdown: what it holds stays with the process.
*/
#include "mutant.h"

int sqlite3_shutdown(void) { return SQLITE_OK; }
