#ifndef SVAE_CPU_H
#define SVAE_CPU_H

/// Instruction sets that the kernels are compiled for, each with all of those before it.
enum svae_level {
  /// 128-bit vectors: NEON's, with fused multiply-adds, or SSE2's, without.
  SVAE_PORTABLE,
  /// 128-bit vectors of AVX, with fused multiply-adds.
  SVAE_FMA,
  /// AVX2 with FMA.
  SVAE_AVX2,
  /// AVX-512 F, DQ, BW and VL.
  SVAE_AVX512,
};

/// The widest instruction set that the kernels may use here, an `svae_level`.
int svae_cpu_level(void);

/// The number of processors that this thread may run on; 0 where that is not known.
int svae_affinity(void);

/// The instruction set that `svae_kernels` gives, an `svae_level`: this processor's widest, unless
/// another was chosen.
int svae_level(void);

/// Chooses an instruction set, or this processor's widest where it cannot run that, for tests.
void svae_use_level(int level);

/// Whether a level's multiplications and additions are fused: all levels that are give the same
/// bits.
int svae_level_is_fused(int level);

#endif
