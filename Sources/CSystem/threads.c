// The pool of CSystemThreads.h. Everything hangs on one word, `remaining`: the chunks nobody has begun. Whoever lowers
// it by one owns a chunk, so a worker that comes late finds 0 and does no harm, and the caller can finish alone. The
// caller's chunks are the first ones, workers take theirs from the end: what a thread wrote in one region is mostly what
// it reads in the next, and then is in its own cache.
// The region's fields are read only by owners of a chunk, and the caller changes them only when all chunks are done.
#define _GNU_SOURCE
#include "CSystemThreads.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSystem.h"

#define SPIN_TURNS 2000
// Address space, not memory: without optimisation the vector kernels keep a third of a megabyte in one frame.
#define STACK_SIZE ((size_t)2 << 20)
#define STOP UINT32_MAX
#define CALLER_SLEEPS 0x80000000u
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

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");  // `yield` does nothing on most cores: the spin would be over in no time
#endif
}

static long futex_wait(_Atomic uint32_t *word, uint32_t value) {
    return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static long futex_wake(_Atomic uint32_t *word, int count) {
    return syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

/// Runs chunks until none is left to begin, and returns how many.
static uint32_t take_chunks(ocs_pool *pool, int worker) {
    uint32_t done = 0, left = atomic_load_explicit(&pool->remaining, memory_order_relaxed);
    while (left != 0 && left != STOP) {
        if (!atomic_compare_exchange_weak_explicit(
                &pool->remaining, &left, left - 1, memory_order_acquire, memory_order_relaxed))
            continue;
        int chunk = (int)done;
        if (worker != 0)
            chunk = pool->chunks - 1 - (int)atomic_fetch_add_explicit(&pool->from_end, 1, memory_order_relaxed);
        pool->body(pool->context, chunk, worker);
        done++;
        left = atomic_load_explicit(&pool->remaining, memory_order_relaxed);
    }
    return done;
}

/// Returns when there may be work, or STOP.
static uint32_t wait_for_work(ocs_pool *pool) {
    for (;;) {
        for (int turn = 0; turn < SPIN_TURNS; turn++) {
            uint32_t left = atomic_load_explicit(&pool->remaining, memory_order_relaxed);
            if (left != 0) return left;
            relax();
        }
        // Sequentially consistent here and in ocs_pool_run: either we are seen there or the kernel sees the new word.
        atomic_fetch_add(&pool->sleepers, 1);
        if (futex_wait(&pool->remaining, 0) != 0) atomic_fetch_sub(&pool->sleepers, 1);
    }
}

static void *work(void *argument) {
    struct worker *self = argument;
    ocs_pool *pool = self->pool;
    pthread_setname_np(pthread_self(), "ocellus");
    while (wait_for_work(pool) != STOP) {
        uint32_t done = take_chunks(pool, self->number);
        // The region cannot have ended before this: the chunks just done are still counted in `pending`.
        if (done != 0 && atomic_fetch_sub(&pool->pending, done) == (CALLER_SLEEPS | done))
            futex_wake(&pool->pending, 1);
    }
    return NULL;
}

static void wait_for_others(ocs_pool *pool) {
    for (int turn = 0; turn < SPIN_TURNS; turn++) {
        if (atomic_load_explicit(&pool->pending, memory_order_acquire) == 0) return;
        relax();
    }
    uint32_t seen = atomic_fetch_or(&pool->pending, CALLER_SLEEPS) | CALLER_SLEEPS;
    while (seen != CALLER_SLEEPS) {
        futex_wait(&pool->pending, seen);
        seen = atomic_load_explicit(&pool->pending, memory_order_acquire);
    }
}

static void keep_off(struct worker *worker, int core, int threads) {
    cpu_set_t cores;
    if (pthread_getaffinity_np(worker->thread, sizeof cores, &cores) != 0) return;
    // Otherwise than told: somebody else has set it since, who is to be obeyed.
    if (!CPU_EQUAL(&cores, &worker->given)) worker->allowed = cores;
    cores = worker->allowed;
    if (CPU_COUNT(&cores) >= threads) CPU_CLR(core, &cores);
    if (pthread_setaffinity_np(worker->thread, sizeof cores, &cores) == 0) worker->given = cores;
}

/// A worker on the caller's core is of no use, but there are schedulers that wake it there: they fill one core before they
/// use another, and a detector that sleeps between two frames never looks busy enough.
static void keep_off_caller(ocs_pool *pool) {
    int core = sched_getcpu();
    // A forked child must not move its parent's threads.
    if (core < 0 || core == pool->caller_core || pool->process != getpid()) return;
    pool->caller_core = core;
    for (int index = 0; index < pool->started; index++) keep_off(&pool->workers[index], core, pool->threads);
}

void ocs_pool_run(ocs_pool *pool, int chunks, void (*body)(void *, int, int), void *context) {
    if (chunks <= 1 || pool->threads == 1) {
        for (int chunk = 0; chunk < chunks; chunk++) body(context, chunk, 0);
        return;
    }
    pool->chunks = chunks;
    pool->body = body;
    pool->context = context;
    atomic_store_explicit(&pool->from_end, 0, memory_order_relaxed);
    atomic_store_explicit(&pool->pending, (uint32_t)chunks, memory_order_relaxed);
    atomic_exchange(&pool->remaining, (uint32_t)chunks);
    int sleepers = (int)atomic_load(&pool->sleepers);
    if (sleepers > 0) {
        keep_off_caller(pool);
        long woken = futex_wake(&pool->remaining, sleepers < chunks ? sleepers : chunks - 1);
        if (woken > 0) atomic_fetch_sub(&pool->sleepers, (uint32_t)woken);
    }
    uint32_t done = take_chunks(pool, 0);
    if (atomic_fetch_sub_explicit(&pool->pending, done, memory_order_acq_rel) != done) wait_for_others(pool);
}

// A Swift closure that does not escape is a function and a pointer to what it captured, both on the caller's stack.
// Clang can call it as Swift does; in Swift alone its address could be had only by an allocation for each region.
#ifndef __clang__
#error "this file calls Swift closures: compile it with clang"
#endif
#define SWIFT_CALL __attribute__((swiftcall))
typedef SWIFT_CALL void (*swift_body)(intptr_t chunk, intptr_t worker, __attribute__((swift_context)) void *captured);

struct closure {
    swift_body body;
    void *captured;
};

static void call_closure(void *context, int chunk, int worker) {
    struct closure *closure = context;
    closure->body(chunk, worker, closure->captured);
}

/// Declared in ThreadPool.swift: a header cannot give it the type that Swift needs to see.
SWIFT_CALL void ocs_pool_run_closure(ocs_pool *pool, int32_t chunks, swift_body body, void *captured);

SWIFT_CALL void ocs_pool_run_closure(ocs_pool *pool, int32_t chunks, swift_body body, void *captured) {
    struct closure closure = { body, captured };
    ocs_pool_run(pool, chunks, call_closure, &closure);
}

static int start_worker(ocs_pool *pool, const pthread_attr_t *attributes) {
    struct worker *worker = &pool->workers[pool->started];
    worker->pool = pool;
    worker->number = pool->started + 1;
    int error = pthread_create(&worker->thread, attributes, work, worker);
    if (!error) pool->started++;
    return error;
}

/// Starts all workers with the program's signals blocked: they inherit the mask, so no handler ever runs on them.
static int start_workers(ocs_pool *pool) {
    pthread_attr_t attributes;
    sigset_t blocked, before;
    int error = pthread_attr_init(&attributes);
    if (error) return error;
    sigfillset(&blocked);
    // A fault of the thread itself: the program's crash handler must still see it.
    const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT };
    for (size_t index = 0; index < sizeof faults / sizeof faults[0]; index++) sigdelset(&blocked, faults[index]);
    error = pthread_attr_setstacksize(&attributes, STACK_SIZE);
    if (!error) error = pthread_sigmask(SIG_SETMASK, &blocked, &before);
    if (!error) {
        while (!error && pool->started < pool->threads - 1) error = start_worker(pool, &attributes);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return error;
}

int ocs_pool_create(int threads, ocs_pool **created) {
    *created = NULL;
    if (threads < 1 || threads > OCS_POOL_MAXIMUM_THREADS) return EINVAL;
    size_t size = sizeof(ocs_pool) + (size_t)(threads - 1) * sizeof(struct worker);
    ocs_pool *pool = ocs_allocate(size, _Alignof(ocs_pool));
    if (!pool) return ENOMEM;
    pool->threads = threads;
    pool->process = getpid();
    int error = threads > 1 ? start_workers(pool) : 0;
    if (error) {
        ocs_pool_destroy(pool);
        return error;
    }
    pool->caller_core = -1;
    keep_off_caller(pool);
    *created = pool;
    return 0;
}

void ocs_pool_destroy(ocs_pool *pool) {
    if (!pool) return;
    // A forked child has this memory but not the threads.
    if (pool->process == getpid()) {
        atomic_exchange(&pool->remaining, STOP);
        futex_wake(&pool->remaining, OCS_POOL_MAXIMUM_THREADS);
        for (int index = 0; index < pool->started; index++) pthread_join(pool->workers[index].thread, NULL);
    }
    ocs_free(pool);
}
