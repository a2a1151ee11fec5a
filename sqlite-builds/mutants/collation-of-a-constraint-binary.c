/*
** A table that looks up by bytes what is compared without regard to case loses rows.
*/
#include "mutant.h"

const char *sqlite3_vtab_collation(sqlite3_index_info *info, int at) { return "BINARY"; }
