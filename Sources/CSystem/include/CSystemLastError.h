// The text of the latest error, one for each thread: Embedded Swift has no thread-local variables.
#ifndef CSYSTEM_LAST_ERROR_H
#define CSYSTEM_LAST_ERROR_H

#include <stddef.h>

/// Bytes a text may have, its closing zero included. Longer texts are cut at a character's boundary.
#define OCS_LAST_ERROR_SIZE 1024

/// Keeps `size` bytes of UTF-8 as this thread's text. A zero byte ends it early. `text` may be NULL when `size` is 0.
void ocs_set_last_error(const char *text, size_t size);

/// This thread's text, never NULL, "" at first. The address stays the same for the life of the thread.
const char *ocs_last_error(void);

#endif
