/* The little that these programs need of a test framework: a failed check is printed and counted. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

/* The trainer's programs name its own functions. */
#ifndef LAST_ERROR
#define LAST_ERROR ocellus_last_error
#define STATUS_TEXT ocellus_status_text
#endif

static int failures = 0;

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                             \
        }                                                                           \
    } while (0)

/* The call is refused with this status and a sentence. */
#define REFUSED(call, expected)                                                                              \
    do {                                                                                                     \
        ocellus_status status_ = (call);                                                                     \
        if (status_ != (expected) || LAST_ERROR()[0] == 0) {                                         \
            fprintf(stderr, "%s:%d: %s: status %d (%s), expected %d: \"%s\"\n", __FILE__, __LINE__, #call,   \
                    status_, STATUS_TEXT(status_), expected, LAST_ERROR());                  \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

#endif
