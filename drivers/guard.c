/* Loaded in front of the library under test into a program of another language. It stands in for functions that the
   library lacks and the program links to (their bodies are appended when it is compiled), and tells the worker what the
   program does not: how much memory SQLite holds, what its connections hold, which missing functions were called.

   The worker is at the other end of a socket, whose number is in the environment: a line is asked, a line is told. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/socket.h>
#include <unistd.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
long long sqlite3_memory_used(void);
long long sqlite3_memory_highwater(int);
int sqlite3_release_memory(int);
int sqlite3_db_status(sqlite3 *, int, int *, int *, int);
sqlite3_stmt *sqlite3_next_stmt(sqlite3 *, sqlite3_stmt *);

#define MOST 4096
static sqlite3 *connections[MOST];
static int count = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int worker = -1;
/* How many there are. */
static const int stand_ins;

static void tell(const char *line) {
  if (worker >= 0 && send(worker, line, strlen(line), MSG_NOSIGNAL) < 0) _exit(1);
}

/* Without a worker the program is started only to see whether it can be: it cannot. It may ask for ever otherwise, as apsw
   does for the next compile option. */
static void missing(const char *name) {
  char line[128];
  snprintf(line, sizeof line, "missing %s\n", name);
  if (worker < 0) {
    fputs(line, stderr);
    _exit(1);
  }
  tell(line);
}

static void remember(sqlite3 *db) {
  pthread_mutex_lock(&lock);
  if (db && count < MOST) connections[count++] = db;
  pthread_mutex_unlock(&lock);
}

static void forget(sqlite3 *db) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < count; i++) {
    if (connections[i] == db) {
      connections[i] = connections[--count];
      break;
    }
  }
  pthread_mutex_unlock(&lock);
}

int sqlite3_open_v2(const char *file, sqlite3 **db, int flags, const char *vfs) {
  int (*real)(const char *, sqlite3 **, int, const char *) = dlsym(RTLD_NEXT, "sqlite3_open_v2");
  int code = real(file, db, flags, vfs);
  remember(*db);
  return code;
}

int sqlite3_close(sqlite3 *db) {
  int (*real)(sqlite3 *) = dlsym(RTLD_NEXT, "sqlite3_close");
  forget(db);
  int code = real(db);
  if (code) remember(db);
  return code;
}

int sqlite3_close_v2(sqlite3 *db) {
  int (*real)(sqlite3 *) = dlsym(RTLD_NEXT, "sqlite3_close_v2");
  forget(db);
  return real(db);
}

/* The sum over the connections that are open. */
static long long of_connections(int counter, int reset) {
  long long sum = 0;
  for (int i = 0; i < count; i++) {
    int now = 0, peak = 0;
    sqlite3_db_status(connections[i], counter, &now, &peak, reset);
    sum += now;
  }
  return sum;
}

static long long statements(void) {
  long long sum = 0;
  for (int i = 0; i < count; i++) {
    for (sqlite3_stmt *it = 0; (it = sqlite3_next_stmt(connections[i], it)); sum++);
  }
  return sum;
}

/* A limit that older libraries do not have. */
static long long limit(const char *name, long long bytes, void (*otherwise)(const char *)) {
  long long (*set)(long long) = (long long (*)(long long))dlsym(RTLD_NEXT, name);
  if (set) return set(bytes);
  otherwise(name);
  return -1;
}

static void never_mind(const char *name) { (void)name; }

/* What is left of a run: memory, or less than nothing where a connection is open. Its limits are taken back. */
static long long remains(void) {
  limit("sqlite3_hard_heap_limit64", 0, never_mind);
  limit("sqlite3_soft_heap_limit64", 0, never_mind);
  return count ? -count : sqlite3_memory_used();
}

static long long answer(const char *question) {
  int counter = 0, reset = 0;
  long long bytes = 0;
  if (sscanf(question, "db_status %d %d", &counter, &reset) == 2) return of_connections(counter, reset);
  if (sscanf(question, "memory_highwater %d", &reset) == 1) return sqlite3_memory_highwater(reset);
  if (sscanf(question, "release_memory %d", &reset) == 1) return sqlite3_release_memory(reset);
  if (sscanf(question, "hard_heap_limit %lld", &bytes) == 1) return limit("sqlite3_hard_heap_limit64", bytes, missing);
  if (sscanf(question, "soft_heap_limit %lld", &bytes) == 1) return limit("sqlite3_soft_heap_limit64", bytes, missing);
  if (!strncmp(question, "remains", 7)) return remains();
  if (!strncmp(question, "stmt_count", 10)) return statements();
  if (!strncmp(question, "connection_count", 16)) return count;
  if (!strncmp(question, "stand_ins", 9)) return stand_ins;
  return sqlite3_memory_used();
}

static void *serve(void *unused) {
  char line[128];
  ssize_t length;
  while ((length = recv(worker, line, sizeof line - 1, 0)) > 0) {
    line[length] = 0;
    pthread_mutex_lock(&lock);
    long long number = answer(line);
    pthread_mutex_unlock(&lock);
    snprintf(line, sizeof line, "%lld\n", number);
    tell(line);
  }
  /* The worker is done with the program, whatever that is at. */
  _exit(0);
  return unused;
}

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("SQLITE_CONTRACTS_GUARD");
  pthread_t thread;
  sigset_t all, before;
  if (!number) return;
  worker = atoi(number);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  unsetenv("LD_PRELOAD");
  /* Signals are the program's own. */
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_create(&thread, 0, serve, 0);
  pthread_sigmask(SIG_SETMASK, &before, 0);
}
