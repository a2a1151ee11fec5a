/*
** Customers are counted once for each of their orders.
*/
#include "mutant.h"

MISREAD("(DISTINCT ", "(         ")
