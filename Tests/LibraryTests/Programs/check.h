/* The little that these programs need of a test framework: a failed check is printed and counted. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

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
        if (status_ != (expected) || ocellus_last_error()[0] == 0) {                                         \
            fprintf(stderr, "%s:%d: %s: status %d (%s), expected %d: \"%s\"\n", __FILE__, __LINE__, #call,   \
                    status_, ocellus_status_text(status_), expected, ocellus_last_error());                  \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

#endif
