#include <cblas.h>

// LAPACK, which the same library holds: eigenvalues of a symmetric matrix, and Cholesky.
void dsyevd_(const char *job, const char *triangle, const int *order, double *matrix,
             const int *leading, double *eigenvalues, double *work, const int *workSize,
             int *integerWork, const int *integerWorkSize, int *info);
