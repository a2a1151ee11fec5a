/*
** Tools that show a schema see no table.
*/
#include "mutant.h"

MISREAD("table_list", "table_lost")
