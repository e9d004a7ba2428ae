import CKernels

/// Which vector instructions the kernels use on this processor.
package enum InstructionSet: String, Sendable, CaseIterable {
  case portable
  case avx2 = "AVX2"
  case avx512 = "AVX-512"

  package static let current = allCases[min(allCases.count - 1, Int(svae_cpu_level()))]
}
