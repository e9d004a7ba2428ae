import Compute
import RealModule

/// p(z; s) = π N(z; 0, s²) + (1 − π) N(z; 0, ρ²s²): a latent is either about silent or active,
/// never exactly zero (that is `SpikeAndSlabPrior`).
///
/// The spike has a width, so the density is smooth. Mitchell & Beauchamp 1988, "Bayesian variable
/// selection in linear regression"; with a Gaussian spike, George & McCulloch 1993.
public struct SmoothSpikeAndSlabPrior: Prior {
  public static let name = "smooth-spike-and-slab"

  /// π as configurations name it.
  public static let sparsity = Parameter(
    "sparsity", "π, the share of latents that are active", standard: 0.1, range: 1e-6...0.999)
  /// ρ as configurations name it.
  public static let spikeRatio = Parameter(
    "spikeRatio", "ρ, the spike's standard deviation as a part of the slab's", standard: 0.1,
    range: 1e-4...1)
  public static let parameters = [sparsity, spikeRatio]

  /// s, the slab's standard deviation.
  public var scale: Double {
    didSet { requirePositive(scale, of: "smooth spike-and-slab prior") }
  }

  /// π, the slab's weight: the share of latents that are active.
  public let sparsity: Double

  /// ρ, the spike's standard deviation as a part of the slab's.
  public let spikeRatio: Double

  /// - Precondition: s is positive, π from 0 to 1, and ρ at most 1.
  public init(
    scale: Double, sparsity: Double = Self.sparsity.standard,
    spikeRatio: Double = Self.spikeRatio.standard
  ) {
    requirePositive(scale, of: "smooth spike-and-slab prior")
    precondition(
      sparsity > 0 && sparsity < 1,
      "smooth spike-and-slab prior of sparsity \(sparsity): must be in 0 … 1")
    precondition(
      spikeRatio > 0 && spikeRatio <= 1,
      "smooth spike-and-slab prior with spike ratio \(spikeRatio): must be in 0 … 1")
    self.scale = scale
    self.sparsity = sparsity
    self.spikeRatio = spikeRatio
  }

  public init(scale: Double, shape: [String: Double]) {
    self.init(
      scale: scale, sparsity: shape[Self.sparsity], spikeRatio: shape[Self.spikeRatio])
  }

  public var shape: [String: Double] {
    [Self.sparsity.name: sparsity, Self.spikeRatio.name: spikeRatio]
  }

  public func logDensity(_ z: Double) -> Double {
    let (slab, spike) = logShares(z / scale)
    let lead = max(slab, spike)
    return lead + .log(1 + .exp(-abs(slab - spike))) - .log(scale)
  }

  /// −z/s² · (r/ρ² + 1 − r), where r = p(spike | z).
  public func score(_ z: Double) -> Double {
    let (slab, spike) = logShares(z / scale)
    let spikeWeight = 1 / (1 + .exp(slab - spike))
    return -z / (scale * scale)
      * (spikeWeight / (spikeRatio * spikeRatio) + (1 - spikeWeight))
  }

  public func sample(using stream: inout RandomStream) -> Double {
    let width = stream.uniform() < sparsity ? scale : scale * spikeRatio
    return width * stream.normal()
  }

  /// s²(π + (1 − π)ρ²)
  public var variance: Double? {
    scale * scale * (sparsity + (1 - sparsity) * spikeRatio * spikeRatio)
  }

  /// log(π N(u; 0, 1)) and log((1 − π) N(u; 0, ρ²)).
  package func logShares(_ u: Double) -> (slab: Double, spike: Double) {
    let v = u / spikeRatio
    return (
      .log(sparsity) - halfLogTwoPi - u * u / 2,
      .log((1 - sparsity) / spikeRatio) - halfLogTwoPi - v * v / 2
    )
  }
}
