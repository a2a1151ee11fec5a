/*
** Tools that show a schema see a type that no other release knows.
*/
#include "mutant.h"

MISREAD("GENERATED ALWAYS", "GENERATED_ALWAYS")
