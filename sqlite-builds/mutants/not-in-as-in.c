/*
** A list of what is left shows what is done.
*/
#include "mutant.h"

MISREAD(" NOT IN ", " IN     ")
