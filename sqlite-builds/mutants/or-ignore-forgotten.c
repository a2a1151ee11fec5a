/*
** An import that leaves out what is there fails at the first such row.
*/
#include "mutant.h"

MISREAD("OR IGNORE", "         ")
