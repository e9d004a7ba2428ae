import Compute
import RealModule

/// p(z; s) = (1 − γ₀)·δ₀(z) + γ₀·exp(−|z|/s)/2s: exactly zero, or Laplace.
///
/// What is left of a Laplace variable u of scale s by the soft threshold λ = −s·log γ₀, which keeps
/// |u| > λ with probability e^(−λ/s) and, for the tail has no memory, the same law beyond. Fallah &
/// Rozell 2022, "Variational sparse coding with learned thresholding".
public struct SpikeAndSlabPrior: PriorWithSpike {
  public static let name = "spike-and-slab"

  /// s, the mean of |z| where z is not zero.
  public var scale: Double {
    didSet { requirePositive(scale, of: "spike-and-slab prior") }
  }

  public var activeShare: Double {
    didSet { requireShare(activeShare, of: "spike-and-slab prior") }
  }

  public init(scale: Double, activeShare: Double = activeShareParameter.standard) {
    requirePositive(scale, of: "spike-and-slab prior")
    requireShare(activeShare, of: "spike-and-slab prior")
    (self.scale, self.activeShare) = (scale, activeShare)
  }

  /// λ = −s·log γ₀
  public var threshold: Double { -scale * .log(activeShare) }

  private var slab: LaplacePrior { LaplacePrior(scale: scale) }

  public func slabLogDensity(_ z: Double) -> Double { slab.logDensity(z) }
  public func slabScore(_ z: Double) -> Double { slab.score(z) }
  public func slabSample(using stream: inout RandomStream) -> Double { slab.sample(using: &stream) }

  /// 2s²
  public var slabVariance: Double { 2 * scale * scale }
}
