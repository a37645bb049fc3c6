/* Loaded before a program by LD_PRELOAD: kills the process, as kill -9 does, at the call number DIE_AT of those by which a
 * file comes to be. A file that is about to be synchronised is cut in half first: the process died while it wrote.
 * With DIE_AT 0 it says at the end how many calls there were. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long fatal;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("DIE_AT");
    fatal = text ? atol(text) : -1;
}

__attribute__((destructor)) static void end(void) {
    if (fatal == 0) fprintf(stderr, "%ld calls\n", atomic_load(&calls));
}

static void count(int file) {
    if (atomic_fetch_add(&calls, 1) + 1 != fatal) return;
    struct stat status;
    if (file >= 0 && fstat(file, &status) == 0 && ftruncate(file, status.st_size / 2) != 0) abort();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

int fsync(int file) {
    count(file);
    return (int)syscall(SYS_fsync, file);
}

int rename(const char *from, const char *to) {
    count(-1);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to) {
    count(-1);
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
    count(-1);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
