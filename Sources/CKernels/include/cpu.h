#ifndef SVAE_CPU_H
#define SVAE_CPU_H

/// What vectors this processor has: 0 portable, 1 AVX2 with FMA, 2 AVX-512 (F, DQ, VL, BW).
int svae_cpu_level(void);

#endif
