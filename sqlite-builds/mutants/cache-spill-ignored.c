/*
** SQLite passes over a pragma that it does not know, also over a misspelt one.
*/
#include "mutant.h"

MISREAD("cache_spill", "cache_spall")
