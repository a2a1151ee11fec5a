/*
** Slots a few bytes too small for a page and its header: SQLite passes over them and says nothing.
*/
#include "mutant.h"

CONFIG_IGNORED(SQLITE_CONFIG_PAGECACHE)
