#ifndef SVAE_CPU_H
#define SVAE_CPU_H

/// The widest instructions that kernels are compiled for and this processor has:
/// 0 portable, 1 AVX2 with FMA, 2 AVX-512 (F, BW, DQ, VL).
int svae_cpu_level(void);

#endif
