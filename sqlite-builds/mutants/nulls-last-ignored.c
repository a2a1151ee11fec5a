/*
** Entries without a date come first in the list.
*/
#include "mutant.h"

MISREAD("NULLS LAST", "          ")
