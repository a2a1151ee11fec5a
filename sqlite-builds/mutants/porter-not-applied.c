/*
** A search for 'run' finds no 'running'.
*/
#include "mutant.h"

MISREAD("porter", "ascii ")
