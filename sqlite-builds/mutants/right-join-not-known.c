/*
** It came with 3.39, and with it FULL JOIN.
*/
#include "mutant.h"

MISREAD("RIGHT JOIN", "RIGHTLJOIN")
