// The beginning and the end of a pool and its threads.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include "CSystem.h"
#include "threads.h"

// Address space, not memory: without optimisation the vector kernels keep a third of a megabyte in one frame.
#define STACK_SIZE ((size_t)2 << 20)

static int start_worker(ocs_pool *pool, const pthread_attr_t *attributes) {
    struct worker *worker = &pool->workers[pool->started];
    worker->pool = pool;
    worker->number = pool->started + 1;
    int error = pthread_create(&worker->thread, attributes, ocs_pool_work, worker);
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
    ocs_pool_keep_off_caller(pool);
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
