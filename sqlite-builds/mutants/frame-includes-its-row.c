/*
** A moving sum has one row too many.
*/
#include "mutant.h"

MISREAD("AND 1 PRECEDING", "AND CURRENT ROW")
