/*
** Rows that refer to each other cannot be written any more.
*/
#include "mutant.h"

MISREAD("DEFERRABLE INITIALLY DEFERRED", "                             ")
