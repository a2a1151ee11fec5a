/*
** A conflict that a program wants to hear of is passed over.
*/
#include "mutant.h"

MISREAD("ON CONFLICT(c) DO NOTHING", "ON CONFLICT    DO NOTHING")
