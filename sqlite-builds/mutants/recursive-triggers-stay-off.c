/*
** REPLACE then removes rows without their DELETE triggers, so a log of changes lacks them.
*/
#include "mutant.h"

MISREAD("recursive_triggers", "recursive_thickets")
