/*
** Allocators that abort where malloc would answer NULL, as many programs configure theirs.
*/
#include "mutant.h"

static sqlite3_mem_methods real;

static void *allocate_or_abort(int size) {
  void *memory = real.xMalloc(size);
  if (memory == NULL) abort();
  return memory;
}

/* Before anybody can initialize SQLite. */
__attribute__((constructor)) static void replace_malloc(void) {
  REAL(sqlite3_config)(SQLITE_CONFIG_GETMALLOC, &real);
  sqlite3_mem_methods faulty = real;
  faulty.xMalloc = allocate_or_abort;
  REAL(sqlite3_config)(SQLITE_CONFIG_MALLOC, &faulty);
}
