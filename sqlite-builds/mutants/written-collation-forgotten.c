/*
** A search that takes no notice of case finds less.
*/
#include "mutant.h"

MISREAD("COLLATE nocase", "              ")
