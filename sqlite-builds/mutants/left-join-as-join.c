/*
** Customers without orders vanish from the list.
*/
#include "mutant.h"

MISREAD("LEFT JOIN", "     JOIN")
