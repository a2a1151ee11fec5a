/*
** A search finds words in the wrong case.
*/
#include "mutant.h"

MISREAD("case_sensitive 1", "case_sensitive 0")
