import CKernels

/// Which vector instructions the kernels use.
///
/// All sets with a fused multiply-add give the same bits: each kernel has one order of additions
/// and says itself which products are fused.
package enum InstructionSet: String, Sendable, CaseIterable, CustomStringConvertible {
  /// 128-bit vectors: NEON's, or SSE2's, which lack a fused multiply-add.
  case portable
  /// 128-bit vectors of AVX with FMA.
  case fma = "FMA"
  case avx2 = "AVX2"
  case avx512 = "AVX-512"

  /// The set in use: the widest that this processor has.
  package static var current: InstructionSet { allCases[Int(svae_level())] }

  /// Whether a·b + c is rounded once.
  package var isFused: Bool { svae_level_is_fused(level) != 0 }

  /// The name, and whether results differ from other processors'.
  package var description: String {
    isFused ? rawValue : "\(rawValue), other bits than with fused multiply-adds"
  }

  /// What to tell where results differ from other processors'.
  package var warning: String? {
    isFused
      ? nil
      : "this processor has no fused multiply-add: results differ in rounding from those of others"
  }

  private var level: Int32 { Int32(Self.allCases.firstIndex(of: self) ?? 0) }

  /// The sets that this processor can run.
  package static var available: [InstructionSet] {
    Array(allCases.prefix(Int(svae_cpu_level()) + 1))
  }

  /// Makes the kernels use this set from now on, or the widest where it is not available.
  package func use() { svae_use_level(level) }
}
