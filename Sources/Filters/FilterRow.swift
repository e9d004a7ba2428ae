import Compute

/// One filter φₖ, or its gradient: a row of D numbers that belongs to whoever hands it out, for as
/// long as the call lasts.
public struct FilterRow {
  private let base: UnsafeMutablePointer<Float>
  private let sums: Sums
  /// D, the number of pixels.
  public let count: Int

  /// How norms are added up.
  package enum Sums {
    /// In single precision by the kernels, as models do; a filter within rounding of its norm
    /// stays as it is.
    case single
    /// In double precision, one pixel after the other, as dictionaries do.
    case double
  }

  package init(_ base: UnsafeMutablePointer<Float>, count: Int, sums: Sums = .single) {
    (self.base, self.count, self.sums) = (base, count, sums)
  }

  /// One pixel's weight.
  public subscript(pixel: Int) -> Float {
    get { base[pixel] }
    nonmutating set { base[pixel] = newValue }
  }

  /// ⟨φ, ψ⟩
  public func dot(_ other: FilterRow) -> Float {
    Kernels.elementwise.pointee.dot(count, base, other.base)
  }

  /// ‖φ‖₂
  public var norm: Float {
    switch sums {
    case .single: dot(self).squareRoot()
    case .double:
      Float((0..<count).reduce(0.0) { $0 + Double(base[$1]) * Double(base[$1]) }.squareRoot())
    }
  }

  /// φ ← factor·φ
  public func scale(by factor: Float) { Kernels.elementwise.pointee.scale(count, factor, base) }

  /// φ ← φ + factor·ψ
  public func add(_ other: FilterRow, times factor: Float) {
    Kernels.elementwise.pointee.add_scaled(count, factor, other.base, base)
  }

  /// Scales the filter to ‖φ‖₂ = `target`; false where it has no direction (zero, NaN or Inf).
  @discardableResult
  public func normalize(to target: Float = 1) -> Bool {
    let norm = norm
    guard norm > .leastNormalMagnitude, norm.isFinite else { return false }
    // Within rounding of the sphere a filter stays as it is: projecting again changes nothing.
    if sums == .double || abs(norm - target) > 4 * target.ulp { scale(by: target / norm) }
    return true
  }

  /// ψ ← ψ − ⟨ψ, φ⟩/⟨φ, φ⟩ · φ for this row ψ: what is left is tangent to the sphere at φ.
  public func removeComponent(along filter: FilterRow) {
    let power = filter.dot(filter)
    if power > 0 { add(filter, times: -dot(filter) / power) }
  }
}
