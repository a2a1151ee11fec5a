/*
** A driver that keeps sqlite3_value pointers over sqlite3_step reads the next row, or freed memory.
*/
#include "mutant.h"

sqlite3_value *sqlite3_value_dup(const sqlite3_value *value) { return (sqlite3_value *)value; }

void sqlite3_value_free(sqlite3_value *value) { (void)value; }
