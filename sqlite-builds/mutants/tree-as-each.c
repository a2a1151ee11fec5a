/*
** A search in a document finds nothing below its top.
*/
#include "mutant.h"

MISREAD("json_tree", "json_each")
