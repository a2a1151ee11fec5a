/*
** The index is larger than it should be, and a query for a phrase works that must not.
*/
#include "mutant.h"

MISREAD("detail = none", "detail = full")
