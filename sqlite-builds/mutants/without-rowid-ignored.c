/*
** The table has a rowid after all, and its key may be NULL.
*/
#include "mutant.h"

MISREAD("WITHOUT ROWID", "             ")
