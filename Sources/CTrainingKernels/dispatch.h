// How a loop that is compiled for several instruction sets finds the one for this machine.
#ifndef OTK_DISPATCH_H
#define OTK_DISPATCH_H

/// 2: AVX-512, 1: AVX2, 0: neither.
int otk_level(void);

#if defined(__x86_64__)
#define DISPATCH(result, name, parameters, arguments)                       \
    result name##_scalar parameters;                                        \
    result name##_avx2 parameters;                                          \
    result name##_avx512 parameters;                                        \
    result name parameters {                                                \
        switch (otk_level()) {                                                  \
            case 2: return name##_avx512 arguments;                         \
            case 1: return name##_avx2 arguments;                           \
            default: return name##_scalar arguments;                        \
        }                                                                   \
    }
#else
#define DISPATCH(result, name, parameters, arguments) \
    result name##_scalar parameters;                  \
    result name parameters { return name##_scalar arguments; }
#endif

#endif
