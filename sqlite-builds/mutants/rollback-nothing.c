/*
** A wrapper that commits in its clean-up path, where it meant to roll back.
*/
#include "mutant.h"

MISREAD("ROLLBACK", "COMMIT  ")
