import CKernels

/// Arithmetic on rows of floats, by the kernels for this processor.
package enum Vectors {
  private static let kernels = svae_kernels().pointee.elementwise

  /// Σ aᵢ·bᵢ
  package static func dot(
    _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>
  ) -> Float {
    kernels.dot(count, a, b)
  }

  /// a ← factor·a
  package static func scale(_ count: Int, _ factor: Float, _ a: UnsafeMutablePointer<Float>) {
    kernels.scale(count, factor, a)
  }

  /// a ← a + factor·b
  package static func add(
    _ count: Int, _ factor: Float, _ b: UnsafePointer<Float>, to a: UnsafeMutablePointer<Float>
  ) {
    kernels.add_scaled(count, factor, b, a)
  }
}
