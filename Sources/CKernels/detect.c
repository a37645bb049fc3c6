// Which instruction sets this machine runs: the processor's word and, for wide registers, the operating system's.
#include "CKernels.h"

#if defined(__x86_64__)
#include <cpuid.h>

static int answer(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    int fma = (c >> 12) & 1, saves = (c >> 27) & 1, avx = (c >> 28) & 1;
    if (!fma || !saves || !avx) return 0;
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0x6) != 0x6) return 0;  // xmm and ymm are saved
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    if (!((b >> 5) & 1)) return 0;
    int sets = 1 << OCK_AVX2;
    unsigned wanted = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;  // F, DQ, BW, VL
    if ((low & 0xe6) == 0xe6 && (b & wanted) == wanted) sets |= 1 << OCK_AVX512;
    return sets;
}
#elif defined(__aarch64__)
static int answer(void) { return 1 << OCK_NEON; }
#else
static int answer(void) { return 0; }
#endif

int ock_supported(ock_isa isa) {
    // cpuid traps in a virtual machine, so ask once. A race writes the same value twice.
    static _Atomic int known = 0;
    int sets = known;
    if (!sets) known = sets = answer() | 1 << OCK_SCALAR;
    return (sets >> isa) & 1;
}
