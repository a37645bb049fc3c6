// A pool of threads that share out the chunks of one parallel region after another. Its workers spin for a short,
// bounded time between regions and then sleep in a futex. It is no task queue: a region ends before the next begins.
#ifndef CSYSTEM_THREADS_H
#define CSYSTEM_THREADS_H

/// The most threads a pool may have.
#define OCS_POOL_MAXIMUM_THREADS 64

typedef struct ocs_pool ocs_pool;

/// A pool of `threads` threads, 1...OCS_POOL_MAXIMUM_THREADS: the calling one and `threads - 1` that are started here,
/// named "ocellus", with every signal blocked but those a fault of their own raises. A pool of 1 starts none.
/// Returns 0 or an errno value: EINVAL for a count out of range, ENOMEM, EAGAIN when the system allows no more threads.
int ocs_pool_create(int threads, ocs_pool **pool);

/// Ends the threads, waits for them and frees the pool. Not during a region. NULL is allowed.
void ocs_pool_destroy(ocs_pool *pool);

/// Calls `body` once for each chunk 0..<chunks, from several threads at a time, and returns when all calls have
/// returned. `worker` is 0..<threads, 0 for the caller; calls with the same number never overlap, so scratch memory may
/// hang on it. What the caller wrote before is visible to `body`, what `body` wrote is visible to the caller after.
/// Allocates nothing. One caller at a time, and `body` must not call it for the same pool.
/// Workers that it wakes may run on any core that they were started with but the caller's, if that leaves one for each;
/// where something else has been set for a worker since (sched_setaffinity, taskset), that is kept to.
///
/// In a child process after fork() there are no workers: regions still run there, on the caller alone, if no region was
/// running at the time of the fork, and destroying the pool there frees its memory.
void ocs_pool_run(ocs_pool *pool, int chunks, void (*body)(void *context, int chunk, int worker), void *context);

#endif
