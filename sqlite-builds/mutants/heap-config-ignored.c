/*
** A library without ENABLE_MEMSYS5 on a device that must not call malloc after start-up.
*/
#include "mutant.h"

int sqlite3_config(int option, ...) {
  va_list rest;
  va_start(rest, option);
  int code = SQLITE_OK;
  if (option == SQLITE_CONFIG_HEAP || option == SQLITE_CONFIG_PAGECACHE) {
    void *memory = va_arg(rest, void *);
    int first = va_arg(rest, int), second = va_arg(rest, int);
    if (option != SQLITE_CONFIG_HEAP) code = REAL(sqlite3_config)(option, memory, first, second);
  } else {
    /* Two words cover what the other options take. */
    void *first = va_arg(rest, void *), *second = va_arg(rest, void *);
    code = REAL(sqlite3_config)(option, first, second);
  }
  va_end(rest);
  return code;
}
