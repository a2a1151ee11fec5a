/*
** Written by developers whose own SQLite has it.
*/
#include "mutant.h"

MISREAD("iif(", "i_f(")
