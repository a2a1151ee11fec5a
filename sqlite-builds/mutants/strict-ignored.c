/*
** A schema written by a new SQLite and replayed by a tool that drops the word: text stands in an INTEGER column.
*/
#include "mutant.h"

MISREAD(") STRICT", ")       ")
