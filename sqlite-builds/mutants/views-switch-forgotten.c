/*
** A program that opens files of strangers switches their views and triggers off.
*/
#include "mutant.h"

int sqlite3_db_config(sqlite3 *db, int option, ...) {
  va_list rest;
  va_start(rest, option);
  void *first = va_arg(rest, void *), *second = va_arg(rest, void *), *third = va_arg(rest, void *);
  va_end(rest);
  if (option == SQLITE_DBCONFIG_ENABLE_VIEW || option == SQLITE_DBCONFIG_ENABLE_TRIGGER) first = (void *)1;
  return REAL(sqlite3_db_config)(db, option, first, second, third);
}
