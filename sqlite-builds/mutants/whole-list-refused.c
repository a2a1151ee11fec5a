/*
** What every release before 3.38.0 does: the table is asked once for each value.
*/
#include "mutant.h"

int sqlite3_vtab_in(sqlite3_index_info *info, int at, int handle) { return 0; }
