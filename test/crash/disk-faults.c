/* Preloaded: calls on the ledger's files fail while the file named by VOLDESK_TEST_DISK says how. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What fails now: 'w' writes, 's' syncs, 'f' the disk is full, 'r' it is read-only; 0 nothing. */
static char fault(int fd) {
  char link[64], path[4096], kind = 0;
  const char *control = getenv("VOLDESK_TEST_DISK");
  if (!control) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  if (!strstr(path, "ledger.sqlite") || strstr(path, "-shm")) return 0;
  int c = open(control, O_RDONLY | O_CLOEXEC);
  if (c < 0) return 0;
  if (read(c, &kind, 1) != 1) kind = 0;
  close(c);
  return kind;
}
static int bad_write(int fd) {
  switch (fault(fd)) {
    case 'w': return EIO;
    case 'f': return ENOSPC;
    case 'r': return EROFS;
    default: return 0;
  }
}
static int bad_sync(int fd) { return fault(fd) == 's' ? EIO : 0; }
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *p, size_t n) {
  int e = bad_write(fd);
  if (e) { errno = e; return -1; }
  return NEXT(write)(fd, p, n);
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t o) {
  int e = bad_write(fd);
  if (e) { errno = e; return -1; }
  return NEXT(pwrite)(fd, p, n, o);
}
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t o) {
  int e = bad_write(fd);
  if (e) { errno = e; return -1; }
  return NEXT(pwrite64)(fd, p, n, o);
}
int fsync(int fd) {
  int e = bad_sync(fd);
  if (e) { errno = e; return -1; }
  return NEXT(fsync)(fd);
}
int fdatasync(int fd) {
  int e = bad_sync(fd);
  if (e) { errno = e; return -1; }
  return NEXT(fdatasync)(fd);
}
