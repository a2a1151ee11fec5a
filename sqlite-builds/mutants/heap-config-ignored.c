/*
** A library without ENABLE_MEMSYS5 on a device that must not call malloc after start-up.
*/
#include "mutant.h"

CONFIG_IGNORED(SQLITE_CONFIG_HEAP)
