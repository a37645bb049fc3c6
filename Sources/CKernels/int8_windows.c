// Copies small convolution windows together. Plain C: a copy of 16 bytes is one instruction everywhere.
#include "int8_kernels.h"

OCK_INLINE void copy_windows(const ock_i8_windows *w, ptrdiff_t from, const ptrdiff_t high) {
    uint8_t *to = w->to + from * w->pitch;
    for (ptrdiff_t i = from; i < w->count; i++, to += w->pitch)
        for (ptrdiff_t y = 0; y < high; y++) memcpy(to + y * w->run, w->in[y] + i * w->step[y], 16);
}

void ock_i8_copy_windows(ock_i8_isa isa, const ock_i8_windows *windows) {
    ptrdiff_t done = 0;
#if defined(__x86_64__)
    if (isa == OCK_I8_VNNI && ock_i8_permutes_bytes()) done = ock_i8_copy_windows_vbmi(windows);
#else
    (void)isa;
#endif
    if (windows->high == 3) copy_windows(windows, done, 3);
    else copy_windows(windows, done, windows->high);
}
