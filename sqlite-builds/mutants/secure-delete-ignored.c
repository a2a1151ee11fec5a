/*
** What was deleted stays readable in the file.
*/
#include "mutant.h"

MISREAD("secure_delete", "secure_remove")
