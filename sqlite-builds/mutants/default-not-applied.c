/*
** A column added with a default has NULL in the old rows, and reports lose them.
*/
#include "mutant.h"

MISREAD("DEFAULT 5", "         ")
