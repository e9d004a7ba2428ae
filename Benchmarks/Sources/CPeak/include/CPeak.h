#ifndef SVAE_PEAK_H
#define SVAE_PEAK_H

#include <stddef.h>

// What the processor can do at most. `level` is the instruction set, as `svae_cpu_level` counts.

/// Runs independent fp32 multiply-adds on numbers in registers, `rounds` of each chain.
///
/// Returns the number of floating-point operations done; a multiply-add counts two.
double svae_peak_multiply_adds(int level, size_t rounds);

/// b ← factor·a for n floats: as much memory traffic as a loop over arrays can make.
void svae_peak_scale(int level, size_t n, float factor, const float *a, float *b);

#endif
