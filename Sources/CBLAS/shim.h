#include <cblas.h>

// LAPACK, which the same library holds: eigenvalues of a symmetric matrix, and Cholesky.
void dsyevd_(const char *job, const char *triangle, const int *order, double *matrix,
             const int *leading, double *eigenvalues, double *work, const int *workSize,
             int *integerWork, const int *integerWorkSize, int *info);
void dpotrf_(const char *triangle, const int *order, double *matrix, const int *leading, int *info);
void dtrtri_(const char *triangle, const char *diagonal, const int *order, double *matrix,
             const int *leading, int *info);
void dpotrs_(const char *triangle, const int *order, const int *rightSides, const double *factor,
             const int *leading, double *vectors, const int *vectorsLeading, int *info);
