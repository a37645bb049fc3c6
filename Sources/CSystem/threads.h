// What the files of the pool share: its memory, and how threads sleep and are woken.
#ifndef THREADS_H
#define THREADS_H

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSystemThreads.h"

#define STOP UINT32_MAX
#define OWN_LINE _Alignas(64)

struct worker {
    struct ocs_pool *pool;
    pthread_t thread;
    int number;
    // The cores it may use, and those of them that it was told to.
    cpu_set_t allowed, given;
};

struct ocs_pool {
    // What a waiting worker looks at, and the region it finds there: one cache line, so one transfer between cores.
    OWN_LINE _Atomic uint32_t remaining;
    int chunks;
    void (*body)(void *, int, int);
    void *context;
    // Chunks that workers have begun.
    _Atomic uint32_t from_end;
    // Chunks not finished, and CALLER_SLEEPS.
    OWN_LINE _Atomic uint32_t pending;
    // Workers that sleep or are about to. Whoever wakes a worker takes it off, so that a woken worker which the
    // scheduler has not let run yet costs the next region no system call.
    OWN_LINE _Atomic uint32_t sleepers;
    OWN_LINE int threads;
    // The core that workers were last told to keep off; only the caller looks at it.
    int caller_core;
    int started;
    pid_t process;
    struct worker workers[];
};

static inline long futex_wait(_Atomic uint32_t *word, uint32_t value) {
    return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static inline long futex_wake(_Atomic uint32_t *word, int count) {
    return syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

/// A worker's life: region after region until STOP.
void *ocs_pool_work(void *worker);

/// Tells the workers to keep off the core that this is called on.
void ocs_pool_keep_off_caller(ocs_pool *pool);

#endif
