import CKernels
import Compute
import KernelHashes
import Testing

/// What a kernel computes does not depend on the processor.
@Suite struct InstructionSetTests {
  /// Each kernel's hash over random numbers of many sizes, as threads compute: without denormals.
  private func hashes(level: Int32) throws -> [(kernel: String, hash: UInt64)] {
    let kernels = try #require(svae_kernels_at(level))
    let mode = svae_flush_denormals()
    defer { svae_restore_denormals(mode) }
    var hashes = [svae_kernel_hash](
      repeating: svae_kernel_hash(), count: Int(SVAE_KERNEL_HASHES))
    let count = Int(svae_kernel_hashes(kernels, &hashes))
    return hashes[..<count].map { (String(cString: $0.kernel), $0.hash) }
  }

  @Test func `instruction sets with a fused multiply-add give the same bits`() throws {
    let widest = svae_cpu_level()
    let expected = try hashes(level: widest)
    #expect(expected.count == Int(SVAE_KERNEL_HASHES))
    for level in 0..<widest where svae_level_is_fused(level) != 0 {
      for (found, expected) in zip(try hashes(level: level), expected) {
        #expect(found == expected, "level \(level) beside \(widest)")
      }
    }
  }

  @Test func `a set without fused multiply-adds says that its bits differ`() {
    for set in InstructionSet.available {
      #expect(set.description.contains("other bits") == !set.isFused)
      #expect((set.warning == nil) == set.isFused)
    }
    #expect(InstructionSet.avx2.isFused && InstructionSet.avx512.isFused)
  }
}
