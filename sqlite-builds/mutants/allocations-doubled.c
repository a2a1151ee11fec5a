/*
** An allocator that rounds up to powers of two, or keeps a red zone: the same work has another profile.
*/
#include "mutant.h"

static sqlite3_mem_methods real;

static void *twice(int size) { return real.xMalloc(2 * size); }

static void *twice_again(void *memory, int size) { return real.xRealloc(memory, 2 * size); }

/* Before anybody can initialize SQLite. */
__attribute__((constructor)) static void replace_malloc(void) {
  REAL(sqlite3_config)(SQLITE_CONFIG_GETMALLOC, &real);
  sqlite3_mem_methods faulty = real;
  faulty.xMalloc = twice;
  faulty.xRealloc = twice_again;
  REAL(sqlite3_config)(SQLITE_CONFIG_MALLOC, &faulty);
}
