/* What is recorded: each word makes another kind of traffic. The prototypes are here so that a system without SQLite's
   header runs the tests too. */
#include <pthread.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef struct sqlite3_blob sqlite3_blob;
typedef struct sqlite3_context sqlite3_context;
typedef struct sqlite3_value sqlite3_value;
int sqlite3_config(int, ...);
int sqlite3_create_module(sqlite3 *, const char *, const void *, void *);
int sqlite3_declare_vtab(sqlite3 *, const char *);
int sqlite3_open(const char *, sqlite3 **);
int sqlite3_close(sqlite3 *);
int sqlite3_busy_timeout(sqlite3 *, int);
int sqlite3_exec(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *));
int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int, void (*)(void *));
int sqlite3_bind_double(sqlite3_stmt *, int, double);
int sqlite3_bind_int64(sqlite3_stmt *, int, long long);
int sqlite3_changes(sqlite3 *);
int sqlite3_step(sqlite3_stmt *);
int sqlite3_reset(sqlite3_stmt *);
int sqlite3_finalize(sqlite3_stmt *);
int sqlite3_column_count(sqlite3_stmt *);
const char *sqlite3_column_name(sqlite3_stmt *, int);
int sqlite3_set_authorizer(sqlite3 *, int (*)(void *, int, const char *, const char *, const char *, const char *), void *);
const unsigned char *sqlite3_column_text(sqlite3_stmt *, int);
const void *sqlite3_column_blob(sqlite3_stmt *, int);
int sqlite3_blob_open(sqlite3 *, const char *, const char *, const char *, long long, int, sqlite3_blob **);
int sqlite3_blob_write(sqlite3_blob *, const void *, int, int);
int sqlite3_blob_read(sqlite3_blob *, void *, int, int);
int sqlite3_blob_close(sqlite3_blob *);
int sqlite3_create_function(sqlite3 *, const char *, int, int, void *, void (*)(sqlite3_context *, int, sqlite3_value **),
                            void (*)(sqlite3_context *, int, sqlite3_value **), void (*)(sqlite3_context *));
void *sqlite3_user_data(sqlite3_context *);
int sqlite3_value_int(sqlite3_value *);
void sqlite3_result_int(sqlite3_context *, int);

static void run(const char *path, const char *sql) {
  sqlite3 *db;
  sqlite3_stmt *stmt;
  if (sqlite3_open(path, &db)) exit(9);
  sqlite3_busy_timeout(db, 10000);
  while (*sql && !sqlite3_prepare_v2(db, sql, -1, &stmt, &sql) && stmt) {
    while (sqlite3_step(stmt) == 100)
      for (int i = 0; i < sqlite3_column_count(stmt); i++) sqlite3_column_text(stmt, i);
    sqlite3_finalize(stmt);
  }
  sqlite3_close(db);
}

static void *in_a_thread(void *number) {
  char sql[100];
  for (int i = 0; i < 20; i++) {
    snprintf(sql, sizeof sql, "insert into t values(%ld); select count(*) from t", (long)number * 100 + i);
    run("threads.db", sql);
  }
  return NULL;
}

static void threads(void) {
  pthread_t all[4];
  run("threads.db", "create table t(a)");
  for (long i = 0; i < 4; i++) pthread_create(&all[i], NULL, in_a_thread, (void *)i);
  for (int i = 0; i < 4; i++) pthread_join(all[i], NULL);
}

static void forks(void) {
  run("fork.db", "create table t(a)");
  if (fork() == 0) {
    run("fork.db", "insert into t values('of the child')");
    exit(0);
  }
  wait(NULL);
  run("fork.db", "select a from t");
}

static void starts_another(char *program) {
  run("two.db", "create table t(a)");
  if (fork() == 0) {
    execl(program, program, "second", NULL);
    _exit(1);
  }
  wait(NULL);
}

static void blobs(void) {
  sqlite3 *db;
  sqlite3_blob *blob;
  char read[4];
  sqlite3_open(":memory:", &db);
  sqlite3_exec(db, "create table t(a); insert into t values(zeroblob(4))", NULL, NULL, NULL);
  sqlite3_blob_open(db, "main", "t", "a", 1, 1, &blob);
  sqlite3_blob_write(blob, "\0\1\2\xff", 4, 0);
  sqlite3_blob_read(blob, read, 4, 0);
  sqlite3_blob_close(blob);
  sqlite3_close(db);
}

/* Longer than a part of a trace. */
static void large(void) {
  sqlite3 *db;
  sqlite3_stmt *stmt;
  int size = 3000000;
  char *text = malloc(size);
  memset(text, 'x', size);
  sqlite3_open(":memory:", &db);
  sqlite3_prepare_v2(db, "select ?", -1, &stmt, NULL);
  for (int i = 0; i < 3; i++) {
    sqlite3_bind_text(stmt, 1, text, size, NULL);
    sqlite3_step(stmt);
    sqlite3_column_blob(stmt, 0);
    sqlite3_column_text(stmt, 0);
    sqlite3_reset(stmt);
  }
  sqlite3_finalize(stmt);
  sqlite3_close(db);
}

static void add(sqlite3_context *context, int count, sqlite3_value **values) {
  sqlite3_result_int(context, sqlite3_value_int(values[0]) + *(int *)sqlite3_user_data(context));
}

static void own_function(void) {
  sqlite3 *db;
  int forty = 40;
  sqlite3_open(":memory:", &db);
  sqlite3_create_function(db, "add_forty", 1, 1, &forty, add, NULL, NULL);
  sqlite3_exec(db, "select add_forty(2)", NULL, NULL, NULL);
  sqlite3_close(db);
}

static void values(void) {
  const char *texts[] = {"secret b", "secret a", "secret b"};
  sqlite3 *db;
  sqlite3_stmt *stmt;
  sqlite3_open("values.db", &db);
  sqlite3_exec(db, "create table t(a, b); insert into t values('secret in sql', 7)", NULL, NULL, NULL);
  sqlite3_exec(db, "select 'secret in an error' from nowhere", NULL, NULL, NULL);
  sqlite3_prepare_v2(db, "insert into t values(?, ?)", -1, &stmt, NULL);
  for (int i = 0; i < 3; i++) {
    sqlite3_bind_text(stmt, 1, texts[i], -1, (void (*)(void *))-1);
    i == 1 ? sqlite3_bind_int64(stmt, 2, 2) : sqlite3_bind_double(stmt, 2, 2.5);
    sqlite3_step(stmt);
    sqlite3_reset(stmt);
  }
  sqlite3_finalize(stmt);
  sqlite3_close(db);
}

/* More than a small limit of the size of files, and nothing that could be compressed. */
static void much(void) {
  static unsigned long long bytes[25000];
  unsigned long long random = 1;
  sqlite3 *db;
  sqlite3_stmt *stmt;
  sqlite3_open(":memory:", &db);
  sqlite3_prepare_v2(db, "select length(?)", -1, &stmt, NULL);
  for (int i = 0; i < 40; i++) {
    for (int at = 0; at < 25000; at++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      bytes[at] = random;
    }
    sqlite3_bind_blob(stmt, 1, bytes, sizeof bytes, NULL);
    sqlite3_step(stmt);
    sqlite3_reset(stmt);
  }
  sqlite3_finalize(stmt);
  sqlite3_close(db);
}

/* A process that has called, and says who it is. */
static void is_ready(void) {
  FILE *file;
  run("ready.db", "create table if not exists t(a); insert into t values(1)");
  file = fopen("ready.new", "w");
  fprintf(file, "%d", (int)getpid());
  fclose(file);
  rename("ready.new", "ready");
}

static void wait_for(const char *file) {
  while (access(file, F_OK)) usleep(1000);
}

/* Ends before a process that it started. */
static void outlived(void) {
  if (fork() == 0) {
    for (int stream = 0; stream < 3; stream++) close(stream);
    alarm(60);
    is_ready();
    for (;;) pause();
  }
  wait_for("ready");
}

/* Ends before two processes that it started, which go on when they are told to: one has called before, the other has not. */
static void later(void) {
  if (fork() == 0) {
    for (int stream = 0; stream < 3; stream++) close(stream);
    alarm(60);
    if (fork() == 0) {
      wait_for("go");
      run("late.db", "create table t(a)");
      close(creat("called", 0600));
      exit(0);
    }
    is_ready();
    wait_for("go");
    large();
    close(creat("written", 0600));
    exit(0);
  }
  wait_for("ready");
}

/* Tells both, and ends behind what they do. */
static void meets(void) {
  alarm(60);
  run(":memory:", "select 1");
  close(creat("go", 0600));
  wait_for("called");
  wait_for("written");
}

static volatile sig_atomic_t terms, is_over;
static void on_term(int signal) {
  terms++;
  close(creat("told", 0600));
}
static void on_user(int signal) { is_over = 1; }

/* Counts until it is told to end. */
static void counts_signals(void) {
  signal(SIGTERM, on_term);
  signal(SIGUSR1, on_user);
  alarm(60);
  is_ready();
  while (!is_over) usleep(1000);
  printf("%d of SIGTERM\n", (int)terms);
}

static int allow(void *own, int action, const char *one, const char *two, const char *schema, const char *inner) {
  return 0;
}
static int ignore(void *own, int count, char **cells, char **names) { return 0; }

/* Wherever a literal of a statement comes out again, or stands without quotes. */
static void secrets(void) {
  static const char *all[] = {
    "create table kept(known, other default secret1, third default \"secret2\"); insert into kept(known) values(1)",
    "select 'secret3' || known, known from kept; select count(*) from kept",
    "create table \"made\" as select 'secret4'",
    "select * from made",
    "pragma application_id = secret5; pragma user_version = \"secret6\"",
    "pragma table_info(secret7)",
    "attach ':memory:secret8' as more",
    "attach 'file:secret9?mode=memory&key=secret10' as another",
    "select raise(abort, secret11)",
    "select \"secret12\", \"known\" from kept where known is not distinct from \"secret13\"",
    "select 'it's secret14'",
    "insert into kept(known) values(abs('secret15', 1))",
    "select json_extract('{}', 'secret16')",
    "create virtual table v using nothing(secret17, file=secret18)",
    "create trigger fails after insert on kept begin select raise(abort, 'secret19'); end; insert into kept values(1, 2, 3)",
  };
  sqlite3 *db;
  sqlite3_stmt *stmt;
  sqlite3_open("file:secret20.db?key=secret21", &db);
  sqlite3_set_authorizer(db, allow, NULL);
  for (int i = 0; i < sizeof all / sizeof *all; i++) {
    const char *sql = all[i];
    while (*sql && !sqlite3_prepare_v2(db, sql, -1, &stmt, &sql) && stmt) {
      for (int column = 0; column < sqlite3_column_count(stmt); column++) sqlite3_column_name(stmt, column);
      while (sqlite3_step(stmt) == 100) {}
      sqlite3_finalize(stmt);
    }
    sqlite3_exec(db, all[i], ignore, NULL, NULL);
  }
  sqlite3_close(db);
}

static int crash(void *nothing, int count, char **cells, char **names) {
  return *(volatile int *)nothing;
}

static void crashes(void) {
  sqlite3 *db;
  sqlite3_open(":memory:", &db);
  sqlite3_exec(db, "select 1", crash, NULL, NULL);
}

/* A virtual table of two rows. Tables and cursors begin with what SQLite keeps there; behind that is the row. */
static int make(sqlite3 *db, void *own, int count, const char *const *words, void **table, char **message) {
  *table = calloc(1, 64);
  return sqlite3_declare_vtab(db, "create table x(a)");
}
static int plan(void *table, void *info) { return 0; }
static int discard(void *made) { free(made); return 0; }
static int open_cursor(void *table, long **cursor) { *cursor = calloc(1, 64); return 0; }
static int begin_rows(long *cursor, int index, const char *name, int count, void **values) { return cursor[4] = 0; }
static int next_row(long *cursor) { return cursor[4]++, 0; }
static int is_behind(long *cursor) { return cursor[4] >= 2; }
static int give(long *cursor, sqlite3_context *context, int column) { return sqlite3_result_int(context, cursor[4]), 0; }
static int row_id(long *cursor, long long *row) { return *row = cursor[4], 0; }

static void own_table(void) {
  static struct { int version; void *methods[24]; } module = {
    1, {make, make, plan, discard, discard, open_cursor, discard, begin_rows, next_row, is_behind, give, row_id}};
  sqlite3 *db;
  sqlite3_open(":memory:", &db);
  sqlite3_create_module(db, "two", &module, NULL);
  sqlite3_exec(db, "create virtual table t using two", NULL, NULL, NULL);
  sqlite3_exec(db, "select a from t", NULL, NULL, NULL);
  sqlite3_exec(db, "select 1", NULL, NULL, NULL);
  sqlite3_close(db);
}

static void changes(void) {
  sqlite3 *db;
  sqlite3_open(":memory:", &db);
  sqlite3_exec(db, "create table t(a); insert into t values(1), (2)", NULL, NULL, NULL);
  sqlite3_changes(db);
  sqlite3_exec(db, "update t set a = 3 where a = 1", NULL, NULL, NULL);
  sqlite3_changes(db);
  sqlite3_exec(db, "select a from t", NULL, NULL, NULL);
  sqlite3_changes(db);
  sqlite3_close(db);
}

int main(int count, char **words) {
  const char *what = words[1];
  if (!strcmp(what, "threads")) threads();
  if (!strcmp(what, "fork")) forks();
  if (!strcmp(what, "two")) starts_another(words[0]);
  if (!strcmp(what, "second")) run("two.db", "insert into t values(1)");
  if (!strcmp(what, "blob")) blobs();
  if (!strcmp(what, "changes")) changes();
  if (!strcmp(what, "large")) large();
  if (!strcmp(what, "function")) own_function();
  if (!strcmp(what, "values")) values();
  if (!strcmp(what, "secrets")) secrets();
  if (!strcmp(what, "much")) much();
  if (!strcmp(what, "outlived")) outlived();
  if (!strcmp(what, "later")) later();
  if (!strcmp(what, "meets")) meets();
  if (!strcmp(what, "signals")) counts_signals();
  if (!strcmp(what, "module")) own_table();
  if (!strcmp(what, "crash")) crashes();
  if (!strcmp(what, "change")) run("kept.db", "update t set a = 'new'; select a, no_such from t");
  if (!strcmp(what, "settings")) {
    sqlite3_config(3); /* SQLITE_CONFIG_SERIALIZED */
    run(":memory:", "select 1");
    sqlite3_config(3); /* too late */
  }
  if (!strcmp(what, "kill")) {
    run("kill.db", "create table t(a)");
    kill(getpid(), SIGKILL);
  }
  if (!strcmp(what, "status")) {
    run(":memory:", "select 1");
    puts("printed");
    fputs("complained\n", stderr);
    return 7;
  }
  return 0;
}
