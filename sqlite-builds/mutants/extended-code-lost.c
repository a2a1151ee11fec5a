/*
** A driver tells UNIQUE from NOT NULL by the extended code.
*/
#include "mutant.h"

int sqlite3_extended_errcode(sqlite3 *db) { return REAL(sqlite3_extended_errcode)(db) & 0xff; }
