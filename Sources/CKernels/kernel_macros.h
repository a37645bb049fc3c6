// What the vector kernels share: inlining, unrolling, and how a tile of few rows runs a form of many.
#ifndef KERNEL_MACROS_H
#define KERNEL_MACROS_H

#define OCK_INLINE static inline __attribute__((always_inline))
#define OCK_UNROLL _Pragma("clang loop unroll(full)")

/// First in the branch of a rare case: keeps the compiler from computing both cases always.
#define OCK_RARE __asm__ volatile("")

/// A tile of fewer rows than its form repeats its last row, which is computed and stored again. A form for every number
/// of rows would be three times the code. Needs `last`, the tile's last row.
#define OCK_ROW(r) ((r) < last ? (r) : last)

#endif
