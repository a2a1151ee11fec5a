/*
** What a mutant's C file needs: the interface of its real build, and a way to the functions that it replaces.
** Include it first.
*/
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sqlite3.h"

/* The real build's function behind one that this file replaces: REAL(sqlite3_finalize)(statement). */
#define REAL(function) ((__typeof__(&function))behind(#function))

__attribute__((unused)) static void *behind(const char *function) {
  void *found = dlsym(RTLD_NEXT, function);
  if (found == NULL) {
    fprintf(stderr, "the real build has no %s\n", function);
    abort();
  }
  return found;
}

/* Hands each connection that was opened to `alter`, which takes it and answers nothing. */
#define ON_OPEN(alter)                                                                        \
  int sqlite3_open(const char *path, sqlite3 **db) {                                          \
    int code = REAL(sqlite3_open)(path, db);                                                  \
    if (code == SQLITE_OK) alter(*db);                                                        \
    return code;                                                                              \
  }                                                                                           \
  int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs) {           \
    int code = REAL(sqlite3_open_v2)(path, db, flags, vfs);                                   \
    if (code == SQLITE_OK) alter(*db);                                                        \
    return code;                                                                              \
  }

/*
** What the real build answers to `sql` with the arguments of an SQL function as its parameters; to be freed with
** sqlite3_value_free. It is asked on a connection of its own, which knows nothing of this file.
*/
__attribute__((unused)) static sqlite3_value *real_answer(const char *sql, int count, sqlite3_value **values) {
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  sqlite3_value *answer = NULL;
  if (REAL(sqlite3_open)(":memory:", &db) == SQLITE_OK &&
      REAL(sqlite3_prepare_v2)(db, sql, -1, &statement, NULL) == SQLITE_OK) {
    for (int i = 0; i < count; i++) REAL(sqlite3_bind_value)(statement, i + 1, values[i]);
    if (REAL(sqlite3_step)(statement) == SQLITE_ROW) {
      answer = REAL(sqlite3_value_dup)(REAL(sqlite3_column_value)(statement, 0));
    }
  }
  REAL(sqlite3_finalize)(statement);
  REAL(sqlite3_close)(db);
  return answer;
}

/* One option of sqlite3_config is answered OK and not heeded. */
#define CONFIG_IGNORED(ignored)                                                                  \
  int sqlite3_config(int option, ...) {                                                          \
    if (option == ignored) return SQLITE_OK;                                                     \
    va_list rest;                                                                                \
    va_start(rest, option);                                                                      \
    void *first = va_arg(rest, void *), *second = va_arg(rest, void *);                          \
    /* Memory, its size and a number: three words cover what every option takes. */              \
    void *third = va_arg(rest, void *);                                                          \
    va_end(rest);                                                                                \
    return REAL(sqlite3_config)(option, first, second, third);                                   \
  }

/*
** An aggregate function, over windows too: `add` takes a value in (sign 1) or out (-1), `answer` says what they come to.
** aggregate(db, "sum") puts it in the place of SQLite's own; its user data is the name.
*/
#define AGGREGATE(add, answer)                                                                            \
  static void step(sqlite3_context *context, int count, sqlite3_value **values) {                         \
    (void)count;                                                                                          \
    add(context, 1, values[0]);                                                                           \
  }                                                                                                       \
  static void inverse(sqlite3_context *context, int count, sqlite3_value **values) {                      \
    (void)count;                                                                                          \
    add(context, -1, values[0]);                                                                          \
  }                                                                                                       \
  static void aggregate(sqlite3 *db, const char *name) {                                                  \
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;                                    \
    sqlite3_create_window_function(db, name, 1, flags, (void *)name, step, answer, answer, inverse, NULL); \
  }

/* A copy of `sql` in which `word` is `other`, of the same length, wherever it stands; to be freed. */
__attribute__((unused)) static char *rewritten(const char *sql, int length, const char *word, const char *other) {
  char *copy = length < 0 ? strdup(sql) : strndup(sql, (size_t)length);
  for (char *at = copy; (at = strstr(at, word)) != NULL;) memcpy(at, other, strlen(other));
  return copy;
}

/* SQLite reads `other` where an SQL text says `word`. Both have the same length, so that the rest stays in place. */
#define MISREAD(word, other)                                                                            \
  int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data, \
                   char **message) {                                                                    \
    char *copy = rewritten(sql, -1, word, other);                                                       \
    int code = REAL(sqlite3_exec)(db, copy, row, data, message);                                        \
    free(copy);                                                                                         \
    return code;                                                                                        \
  }                                                                                                     \
  int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int length, unsigned flags,                      \
                         sqlite3_stmt **statement, const char **tail) {                                 \
    const char *end = NULL;                                                                             \
    char *copy = rewritten(sql, length, word, other);                                                   \
    int code = REAL(sqlite3_prepare_v3)(db, copy, -1, flags, statement, &end);                          \
    if (tail != NULL) *tail = end == NULL ? sql : sql + (end - copy);                                   \
    free(copy);                                                                                         \
    return code;                                                                                        \
  }                                                                                                     \
  int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **statement,            \
                         const char **tail) {                                                           \
    return sqlite3_prepare_v3(db, sql, length, 0, statement, tail);                                     \
  }
