/*
** Sums over several tables miss what is there twice.
*/
#include "mutant.h"

MISREAD("UNION ALL", "UNION    ")
