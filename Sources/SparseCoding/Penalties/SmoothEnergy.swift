/// A smooth energy of a patch's codes, E(z), up to a constant: minus a log prior, for one.
///
/// It need not be a sum over codes. For those that are, see `SmoothPenalty`.
public protocol SmoothEnergy: Sendable {
  /// E(z)
  func value(_ codes: UnsafeBufferPointer<Float>) -> Float
  /// ∂E/∂z, into `gradient`, of the length of `codes`.
  func gradient(
    _ codes: UnsafeBufferPointer<Float>, into gradient: UnsafeMutableBufferPointer<Float>)
}

/// An energy that is a sum over codes, E(z) = Σₖ S(zₖ).
public protocol SmoothPenalty: SmoothEnergy {
  /// S(z)
  func value(_ z: Float) -> Float
  /// dS/dz
  func derivative(_ z: Float) -> Float
}

extension SmoothPenalty {
  @inlinable
  public func value(_ codes: UnsafeBufferPointer<Float>) -> Float {
    var sum: Float = 0
    for z in codes { sum += value(z) }
    return sum
  }

  @inlinable
  public func gradient(
    _ codes: UnsafeBufferPointer<Float>, into gradient: UnsafeMutableBufferPointer<Float>
  ) {
    for k in codes.indices { gradient[k] = derivative(codes[k]) }
  }
}
