import Compute
import RealModule

/// z = sign(u)·max(0, |u| − λ) with u ~ N(0, s²): exactly zero where |u| ≤ λ.
///
/// p(z; s) = (1 − γ₀)·δ₀(z) + N(|z| + λ; 0, s²) with γ₀ = 2Φ(−λ/s). Fallah & Rozell 2022,
/// "Variational sparse coding with learned thresholding".
public struct ThresholdedGaussianPrior: PriorWithSpike {
  public static let name = "thresholded-gaussian"

  /// s, the standard deviation of u.
  public var scale: Double {
    didSet { requirePositive(scale, of: "thresholded Gaussian prior") }
  }

  public var activeShare: Double {
    didSet {
      requireShare(activeShare, of: "thresholded Gaussian prior")
      relativeThreshold = Self.relativeThreshold(activeShare)
    }
  }

  /// α = λ/s
  package private(set) var relativeThreshold: Double

  public init(scale: Double, activeShare: Double = activeShareParameter.standard) {
    requirePositive(scale, of: "thresholded Gaussian prior")
    requireShare(activeShare, of: "thresholded Gaussian prior")
    (self.scale, self.activeShare) = (scale, activeShare)
    relativeThreshold = Self.relativeThreshold(activeShare)
  }

  /// λ = s·α with γ₀ = 2Φ(−α) = erfc(α/√2).
  public var threshold: Double { scale * relativeThreshold }

  public func slabLogDensity(_ z: Double) -> Double {
    let u = abs(z) / scale + relativeThreshold
    return -u * u / 2 - halfLogTwoPi - .log(scale) - .log(activeShare)
  }

  /// −sign(z)·(|z| + λ)/s²
  public func slabScore(_ z: Double) -> Double {
    let u = (abs(z) / scale + relativeThreshold) / scale
    return z > 0 ? -u : z < 0 ? u : 0
  }

  /// By the distribution's inverse.
  public func slabSample(using stream: inout RandomStream) -> Double {
    let u = Self.relativeThreshold(activeShare * stream.uniform())
    let magnitude = scale * max(0, u - relativeThreshold)
    return stream.uniform() < 0.5 ? magnitude : -magnitude
  }

  /// s²(1 + α² − α·h) with the hazard h = φ(α)/Φ(−α).
  public var slabVariance: Double {
    let alpha = relativeThreshold
    let hazard = 2 * Double.exp(-alpha * alpha / 2 - halfLogTwoPi) / activeShare
    return scale * scale * (1 + alpha * alpha - alpha * hazard)
  }

  /// The α ≥ 0 with erfc(α/√2) = `share`, by Newton's method in the logarithm, from above:
  /// erfc(α/√2) ≤ exp(−α²/2), and its logarithm is concave.
  private static func relativeThreshold(_ share: Double) -> Double {
    var alpha = (-2 * Double.log(share)).squareRoot()
    for _ in 0..<60 {
      let tail = Double.erfc(alpha / .sqrt(2))
      let slope = -2 * Double.exp(-alpha * alpha / 2 - halfLogTwoPi) / tail
      let step = (Double.log(tail) - Double.log(share)) / slope
      alpha -= step
      if abs(step) <= 1e-15 * (1 + alpha) { break }
    }
    return max(0, alpha)
  }
}
