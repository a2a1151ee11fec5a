/*
** The answer of sqlite3_get_table is no single block, so a plain free, or none, leaks its rows.
*/
#include "mutant.h"

void sqlite3_free_table(char **table) { (void)table; }
