/*
** What every release before 3.22.0 does: a large value that stays as it is goes through the statement.
*/
#include "mutant.h"

int sqlite3_vtab_nochange(sqlite3_context *context) { return 0; }
