/*
** The second page of a list begins with the end of the first.
*/
#include "mutant.h"

MISREAD("OFFSET 1", "OFFSET 0")
