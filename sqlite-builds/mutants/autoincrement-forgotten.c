/*
** A number that was deleted is given again, and old links lead to new rows.
*/
#include "mutant.h"

MISREAD("AUTOINCREMENT", "             ")
