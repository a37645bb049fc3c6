// Counts a thread's allocations in a test program. Only for tests: it replaces malloc in the program it is linked into.
#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

/// Calls of malloc, calloc, realloc and the aligned ones by the calling thread so far; -1 where they are not counted
/// (another C library than glibc, or a sanitizer).
long ocellus_allocations(void);

#endif
