#ifndef SVAE_CPU_H
#define SVAE_CPU_H

<<<<<<< HEAD
/// The widest instruction set that the kernels may use here:
/// 0 portable, 1 AVX2 with FMA, 2 AVX-512 (F, DQ, BW, VL).
=======
/// What vectors this processor has: 0 portable, 1 AVX2 with FMA, 2 AVX-512 (F, DQ, VL, BW).
>>>>>>> sparsecoding
int svae_cpu_level(void);

#endif
