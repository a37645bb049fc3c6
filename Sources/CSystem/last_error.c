#include "CSystemLastError.h"

#include <string.h>

// The initial-exec model spares the library the dynamic loader's own symbols. It takes these few bytes from the room
// that the C library keeps for libraries loaded late.
static _Thread_local __attribute__((tls_model("initial-exec"))) char last_error[OCS_LAST_ERROR_SIZE];

void ocs_set_last_error(const char *text, size_t size) {
    if (size > OCS_LAST_ERROR_SIZE - 1) {
        size = OCS_LAST_ERROR_SIZE - 1;
        // Bytes 10xxxxxx continue a character: do not leave half of one.
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) size--;
    }
    if (size > 0) memmove(last_error, text, size);
    last_error[size] = 0;
}

const char *ocs_last_error(void) { return last_error; }
