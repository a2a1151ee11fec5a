/*
** ALTER TABLE ADD COLUMN takes one and refuses the other, and the file holds other columns.
*/
#include "mutant.h"

MISREAD(" STORED", "       ")
