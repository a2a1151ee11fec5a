/*
** A search without accents finds nothing.
*/
#include "mutant.h"

MISREAD("remove_diacritics 2", "remove_diacritics 0")
