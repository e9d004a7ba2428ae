import RealModule

/// S(z) = log(1 + (z/s)²), the Cauchy prior's and the one of Olshausen & Field's program.
public struct CauchyPenalty: SmoothPenalty, Hashable, Codable {
  /// s
  public var scale: Float

  public init(scale: Float = 1) {
    precondition(scale > 0, "scale \(scale)")
    self.scale = scale
  }

  public func value(_ z: Float) -> Float {
    let ratio = Double(z / scale)
    return Float(Double.log(1 + ratio * ratio))
  }

  public func derivative(_ z: Float) -> Float { 2 * z / (scale * scale + z * z) }
}

/// S(z) = 1 − exp(−(z/s)²), up to its constant the first of Olshausen & Field's three choices
/// (1996).
///
/// Codes far from zero all cost the same.
public struct GaussianWellPenalty: SmoothPenalty, Hashable, Codable {
  /// s
  public var scale: Float

  public init(scale: Float = 1) {
    precondition(scale > 0, "scale \(scale)")
    self.scale = scale
  }

  public func value(_ z: Float) -> Float {
    let ratio = Double(z / scale)
    return Float(1 - .exp(-ratio * ratio))
  }

  public func derivative(_ z: Float) -> Float {
    let ratio = Double(z / scale)
    return 2 * z / (scale * scale) * Float(Double.exp(-ratio * ratio))
  }
}

/// S(z) = √(z² + s²) − s, |z| with its corner rounded.
public struct SmoothAbsolutePenalty: SmoothPenalty, Hashable, Codable {
  /// s, how far the rounding reaches.
  public var scale: Float

  public init(scale: Float = 0.1) {
    precondition(scale > 0, "scale \(scale)")
    self.scale = scale
  }

  public func value(_ z: Float) -> Float {
    // Without the difference of two nearly equal numbers.
    z * z / ((z * z + scale * scale).squareRoot() + scale)
  }

  public func derivative(_ z: Float) -> Float { z / (z * z + scale * scale).squareRoot() }
}
