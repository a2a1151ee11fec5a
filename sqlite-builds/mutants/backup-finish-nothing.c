/*
** A backup object that nobody finishes keeps both connections, and the read lock of the source.
*/
#include "mutant.h"

int sqlite3_backup_finish(sqlite3_backup *backup) {
  (void)backup;
  return SQLITE_OK;
}
