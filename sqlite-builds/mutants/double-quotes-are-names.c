/*
** Old statements with double quotes fail with "no such column".
*/
#include "mutant.h"

static void alter(sqlite3 *db) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

ON_OPEN(alter)
