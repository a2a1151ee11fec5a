/*
** A deadline for queries by the progress handler, as servers use it: the query runs on.
*/
#include "mutant.h"

void sqlite3_progress_handler(sqlite3 *db, int instructions, int (*handler)(void *), void *data) {
  (void)db, (void)instructions, (void)handler, (void)data;
}
