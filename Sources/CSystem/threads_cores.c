// Which cores the workers of a pool may run on.
#define _GNU_SOURCE
#include "threads.h"

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
void ocs_pool_keep_off_caller(ocs_pool *pool) {
    int core = sched_getcpu();
    // A forked child must not move its parent's threads.
    if (core < 0 || core == pool->caller_core || pool->process != getpid()) return;
    pool->caller_core = core;
    for (int index = 0; index < pool->started; index++) keep_off(&pool->workers[index], core, pool->threads);
}
