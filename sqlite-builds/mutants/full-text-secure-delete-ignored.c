/*
** Words of deleted rows stay in the index.
*/
#include "mutant.h"

MISREAD("'secure-delete', 1", "'secure-delete', 0")
