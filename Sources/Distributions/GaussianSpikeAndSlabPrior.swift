import Compute

/// p(z; s) = (1 − γ₀)·δ₀(z) + γ₀·N(z; 0, s²): exactly zero, or Gaussian.
///
/// Mitchell & Beauchamp 1988, "Bayesian variable selection in linear regression"; as the prior of a
/// sparse coding VAE, Tonolini, Jensen & Murray-Smith 2020, "Variational sparse coding".
public struct GaussianSpikeAndSlabPrior: PriorWithSpike {
  public static let name = "gaussian-spike-and-slab"

  /// s, the standard deviation of z where it is not zero.
  public var scale: Double {
    didSet { requirePositive(scale, of: "Gaussian spike-and-slab prior") }
  }

  public var activeShare: Double {
    didSet { requireShare(activeShare, of: "Gaussian spike-and-slab prior") }
  }

  public init(scale: Double, activeShare: Double = activeShareParameter.standard) {
    requirePositive(scale, of: "Gaussian spike-and-slab prior")
    requireShare(activeShare, of: "Gaussian spike-and-slab prior")
    (self.scale, self.activeShare) = (scale, activeShare)
  }

  private var slab: GaussianPrior { GaussianPrior(scale: scale) }

  public func slabLogDensity(_ z: Double) -> Double { slab.logDensity(z) }
  public func slabScore(_ z: Double) -> Double { slab.score(z) }
  public func slabSample(using stream: inout RandomStream) -> Double { slab.sample(using: &stream) }

  /// s²
  public var slabVariance: Double { scale * scale }
}
