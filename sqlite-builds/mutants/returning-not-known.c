/*
** ORMs use it as soon as the version allows it.
*/
#include "mutant.h"

MISREAD("RETURNING", "RETURNIN ")
