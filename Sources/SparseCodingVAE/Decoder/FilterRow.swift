import CKernels

/// One filter φₖ, or its gradient: a row of D numbers in memory that someone else owns.
public struct FilterRow {
  private let base: UnsafeMutablePointer<Float>
  private let kernels: UnsafePointer<svae_kernels>
  /// D, the number of pixels.
  public let count: Int

  public init(_ base: UnsafeMutablePointer<Float>, count: Int) {
    self.base = base
    self.count = count
    kernels = svae_kernels()
  }

  public subscript(pixel: Int) -> Float {
    get { base[pixel] }
    nonmutating set { base[pixel] = newValue }
  }

  /// ⟨φ, ψ⟩
  public func dot(_ other: FilterRow) -> Float {
    kernels.pointee.elementwise.dot(count, base, other.base)
  }

  /// ‖φ‖₂
  public var norm: Float { dot(self).squareRoot() }

  /// φ ← factor·φ
  public func scale(by factor: Float) { kernels.pointee.elementwise.scale(count, factor, base) }

  /// φ ← φ + factor·ψ
  public func add(_ other: FilterRow, times factor: Float) {
    kernels.pointee.elementwise.add_scaled(count, factor, other.base, base)
  }

  /// Scales the filter to ‖φ‖₂ = `target`; false where it has no direction (zero, NaN or Inf).
  public func normalize(to target: Float = 1) -> Bool {
    let norm = norm
    guard norm > .leastNormalMagnitude, norm.isFinite else { return false }
    // Within rounding of the sphere a filter stays as it is: projecting again changes nothing.
    if abs(norm - target) > 4 * target.ulp { scale(by: target / norm) }
    return true
  }

  /// ψ ← ψ − ⟨ψ, φ⟩/⟨φ, φ⟩ · φ for this row ψ: what is left is tangent to the sphere at φ.
  public func removeComponent(along filter: FilterRow) {
    let power = filter.dot(filter)
    if power > 0 { add(filter, times: -dot(filter) / power) }
  }
}
