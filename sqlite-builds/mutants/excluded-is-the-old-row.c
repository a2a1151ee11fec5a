/*
** An upsert writes back what was there.
*/
#include "mutant.h"

MISREAD("excluded.n", "t.n       ")
