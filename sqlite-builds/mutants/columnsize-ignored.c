/*
** The table of sizes is there again.
*/
#include "mutant.h"

MISREAD("columnsize = 0", "columnsize = 1")
