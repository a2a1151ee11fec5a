/*
** A server that cancels a query by sqlite3_interrupt waits for its end instead.
*/
#include "mutant.h"

void sqlite3_interrupt(sqlite3 *db) { (void)db; }
