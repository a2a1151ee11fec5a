/*
** Always right and always slow: DISTINCT and GROUP BY look like an ORDER BY.
*/
#include "mutant.h"

int sqlite3_vtab_distinct(sqlite3_index_info *info) { return 0; }
