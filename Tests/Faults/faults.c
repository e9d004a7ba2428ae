// Loaded before a program (LD_PRELOAD), makes calls of the system fail.
//
// FAULT=write:12:28 lets the 12th write fail with errno 28, and all that follow;
// FAULT=write:12:28:once only that one. Calls: open, read, write, fsync, rename, mkdir.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char failing[16];
static int first, number, once;
static atomic_int calls;

__attribute__((constructor)) static void start(void) {
  const char *fault = getenv("FAULT");
  if (!fault || sscanf(fault, "%15[^:]:%d:%d", failing, &first, &number) != 3) failing[0] = 0;
  once = fault && strstr(fault, ":once");
}

static int fails(const char *call) {
  if (strcmp(call, failing)) return 0;
  int count = atomic_fetch_add(&calls, 1) + 1;
  if (once ? count != first : count < first) return 0;
  errno = number;
  return 1;
}

// The function that this one stands before.
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                             \
  int name(const char *path, int flags, ...) {                 \
    va_list rest;                                              \
    va_start(rest, flags);                                     \
    mode_t mode = va_arg(rest, mode_t);                        \
    va_end(rest);                                              \
    return fails("open") ? -1 : NEXT(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

FILE *fopen(const char *path, const char *mode) {
  return fails("open") ? NULL : NEXT(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode) {
  return fails("open") ? NULL : NEXT(fopen64)(path, mode);
}

ssize_t read(int file, void *bytes, size_t count) {
  return fails("read") ? -1 : NEXT(read)(file, bytes, count);
}

ssize_t pread(int file, void *bytes, size_t count, off_t at) {
  return fails("read") ? -1 : NEXT(pread)(file, bytes, count, at);
}

// What people read, to standard output and error, has tests of its own.
ssize_t write(int file, const void *bytes, size_t count) {
  return file > 2 && fails("write") ? -1 : NEXT(write)(file, bytes, count);
}

int fsync(int file) { return fails("fsync") ? -1 : NEXT(fsync)(file); }

int rename(const char *from, const char *to) {
  return fails("rename") ? -1 : NEXT(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) { return fails("mkdir") ? -1 : NEXT(mkdir)(path, mode); }
