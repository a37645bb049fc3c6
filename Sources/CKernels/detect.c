// Which instruction sets this machine runs: the processor's word and, for wide registers, the operating system's.
#include "CKernels.h"
#include "int8_kernels.h"

// Where the int8 sets begin in the mask of answers, and what is no set of its own.
enum { int8 = 8, permutes_bytes = 30 };

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
    sets |= 1 << (OCK_I8_AVX2 + int8);
    if ((low & 0xe6) == 0xe6 && (b & wanted) == wanted) {
        sets |= 1 << OCK_AVX512;
        if ((c >> 11) & 1) sets |= 1 << (OCK_I8_VNNI + int8);
        if ((c >> 1) & 1) sets |= 1 << permutes_bytes;  // VBMI
    }
    return sets;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

static int answer(void) {
    int sets = 1 << OCK_NEON | 1 << (OCK_I8_NEON + int8);
    if ((getauxval(AT_HWCAP) >> 20) & 1) sets |= 1 << (OCK_I8_SDOT + int8);    // ASIMDDP
    if ((getauxval(AT_HWCAP2) >> 13) & 1) sets |= 1 << (OCK_I8_I8MM + int8);  // I8MM
    return sets;
}
#else
static int answer(void) { return 0; }
#endif

static int answers(void) {
    // cpuid traps in a virtual machine, so ask once. A race writes the same value twice.
    static _Atomic int known = 0;
    int sets = known;
    if (!sets) known = sets = answer() | 1 << OCK_SCALAR | 1 << (OCK_I8_SCALAR + int8);
    return sets;
}

int ock_supported(ock_isa isa) { return (answers() >> isa) & 1; }

int ock_i8_supported(ock_i8_isa isa) { return (answers() >> (isa + int8)) & 1; }

int ock_i8_permutes_bytes(void) { return (answers() >> permutes_bytes) & 1; }
