/*
** A key that is renamed leaves its children behind, or is refused.
*/
#include "mutant.h"

MISREAD("ON UPDATE CASCADE", "                 ")
