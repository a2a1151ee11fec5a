/* The calls of a small case in a bare loop: open, five statements, close. usage: small_case LIBRARY TIMES */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

int main(int argc, char **argv) {
  void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : 0;
  if (!library) return 1;
  int (*open)(const char *, sqlite3 **, int, const char *) = dlsym(library, "sqlite3_open_v2");
  int (*exec)(sqlite3 *, const char *, void *, void *, char **) = dlsym(library, "sqlite3_exec");
  int (*prepare)(sqlite3 *, const char *, int, sqlite3_stmt **, const char **) = dlsym(library, "sqlite3_prepare_v2");
  int (*step)(sqlite3_stmt *) = dlsym(library, "sqlite3_step");
  long long (*column)(sqlite3_stmt *, int) = dlsym(library, "sqlite3_column_int64");
  int (*finalize)(sqlite3_stmt *) = dlsym(library, "sqlite3_finalize");
  int (*close)(sqlite3 *) = dlsym(library, "sqlite3_close");
  static const char *statements[] = {
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)",
    "INSERT INTO t(b) VALUES ('one'), ('two'), ('three')",
    "UPDATE t SET b = b || '!' WHERE a > 1",
    "DELETE FROM t WHERE a = 2",
  };
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = atoi(argv[2]); i > 0; i--) {
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (open(":memory:", &db, 6, 0)) return 1;
    for (int s = 0; s < 4; s++) if (exec(db, statements[s], 0, 0, 0)) return 1;
    if (prepare(db, "SELECT a FROM t ORDER BY b", -1, &stmt, 0)) return 1;
    while (step(stmt) == 100) column(stmt, 0);
    finalize(stmt);
    if (close(db)) return 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.9f\n", (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e9);
  return 0;
}
