/*
** The log is where damage and automatic indexes are seen first.
*/
#include "mutant.h"

CONFIG_IGNORED(SQLITE_CONFIG_LOG)
