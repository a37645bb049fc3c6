// The pool of CSystemThreads.h. Everything hangs on one word, `remaining`: the chunks nobody has begun. Whoever lowers
// it by one owns a chunk, so a worker that comes late finds 0 and does no harm, and the caller can finish alone. The
// caller's chunks are the first ones, workers take theirs from the end: what a thread wrote in one region is mostly what
// it reads in the next, and then is in its own cache.
// The region's fields are read only by owners of a chunk, and the caller changes them only when all chunks are done.
#define _GNU_SOURCE
#include "threads.h"

#define SPIN_TURNS 2000
#define CALLER_SLEEPS 0x80000000u

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");  // `yield` does nothing on most cores: the spin would be over in no time
#endif
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

void *ocs_pool_work(void *argument) {
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
        ocs_pool_keep_off_caller(pool);
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
