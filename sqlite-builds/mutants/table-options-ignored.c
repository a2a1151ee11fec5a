/*
** A binding without the variadic function that says OK: a table that must not be reached by a view is.
*/
#include "mutant.h"

int sqlite3_vtab_config(sqlite3 *db, int option, ...) { return SQLITE_OK; }
