#ifndef CBLAS_SHIM_H
#define CBLAS_SHIM_H
#include <cblas.h>
#include <stddef.h>

/* LAPACK's solver of A X = B for a symmetric, positive definite A by Cholesky's method. OpenBLAS has it without a header. */
void dposv_(
    const char *triangle, const blasint *order, const blasint *columns, double *a, const blasint *a_stride, double *b,
    const blasint *b_stride, blasint *info, size_t triangle_length);
#endif
