// What Swift cannot import without a runtime: memory, files, the clock and libm.
// Nothing here keeps state; every function may be called from any thread.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "CSystemLastError.h"
#include "CSystemThreads.h"

/// `size` bytes aligned to `alignment` (a power of two, at least 8), zeroed. NULL when memory is short.
void *ocs_allocate(size_t size, size_t alignment);
void ocs_free(void *memory);

/// Reads a whole regular file of at most `limit` bytes into memory from malloc. Returns 0, or an errno value;
/// EFBIG when the file is larger than `limit`, EISDIR for a folder, EINVAL for anything that is not a regular file.
/// An empty file gives `*size` 0 and a non-NULL `*bytes`.
int ocs_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *size);

/// Writes `path` atomically: a temporary file beside it, synchronised, then renamed. Returns 0 or an errno value;
/// on failure the file that was there is untouched.
int ocs_write_file(const char *path, const uint8_t *bytes, size_t size);

/// One piece of a file.
typedef struct {
    const void *bytes;
    size_t size;
} ocs_piece;

/// As `ocs_write_file` with pieces one after the other: what is large need not be copied together first.
int ocs_write_pieces(const char *path, const ocs_piece *pieces, size_t count);

/// The text for an errno value, never NULL.
const char *ocs_error_text(int error, char *buffer, size_t size);

/// Nanoseconds of a clock that only goes forward.
uint64_t ocs_monotonic_nanoseconds(void);

/// Sleeps for a tenth of a millisecond.
void ocs_pause(void);

/// A decimal number at the start of `text`, locale-independent. Returns how many bytes it took; 0 when there is none.
size_t ocs_parse_double(const char *text, size_t size, double *value);

/// Whether `word` stands in `bytes`: 1 or 0.
int ocs_contains(const uint8_t *bytes, size_t size, const uint8_t *word, size_t word_size);

/// `value` with `digits` digits behind a point, locale-independent, and a 0 byte; at most `size` bytes with it. Returns how
/// many bytes it took without the 0.
size_t ocs_format_fixed(double value, int digits, char *text, size_t size);

#endif
