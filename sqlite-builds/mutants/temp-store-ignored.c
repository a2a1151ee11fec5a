/*
** SQLITE_TEMP_STORE=3 makes the pragma a comment: temporary tables stay in memory, whatever a program asks for.
*/
#include "mutant.h"

MISREAD("temp_store", "temp_stone")
