/*
** A parent with children cannot be deleted any more, and programs expect that it can.
*/
#include "mutant.h"

MISREAD("ON DELETE SET NULL", "                  ")
