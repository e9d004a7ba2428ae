#ifndef SVAE_CPU_H
#define SVAE_CPU_H

/// The widest instruction set that the kernels may use here:
/// 0 portable, 1 AVX2 with FMA, 2 AVX-512 (F, DQ, BW, VL).
int svae_cpu_level(void);

#endif
