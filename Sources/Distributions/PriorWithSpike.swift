import Compute
import RealModule

/// p(z; s) = (1 − γ₀)·δ₀(z) + γ₀·slab(z; s): a latent is exactly zero, or drawn from the slab.
///
/// `logDensity` is log(1 − γ₀) at 0, a probability, and log(γ₀·slab) elsewhere.
public protocol PriorWithSpike: Prior {
  /// γ₀, the share of latents that are not zero, between 0 and 1.
  var activeShare: Double { get set }

  /// - Precondition: s is positive, and γ₀ between 0 and 1.
  init(scale: Double, activeShare: Double)

  /// log slab(z; s), normalised.
  func slabLogDensity(_ z: Double) -> Double

  /// ∂ log slab/∂z
  func slabScore(_ z: Double) -> Double

  /// A number drawn from the slab.
  func slabSample(using stream: inout RandomStream) -> Double

  /// E z² of the slab.
  var slabVariance: Double { get }
}

/// γ₀ of priors with a spike, as configurations name it.
public let activeShareParameter = Parameter(
  "activeShare", "γ₀, the share of latents that are not zero", standard: 0.1,
  range: 1e-9...(1 - 1e-9))

extension PriorWithSpike {
  /// The active share.
  public static var parameters: [Parameter] { [activeShareParameter] }
  /// Zero is one.
  public static var hasAtom: Bool { true }

  public init(scale: Double, shape: [String: Double]) {
    self.init(scale: scale, activeShare: shape[activeShareParameter])
  }

  /// The active share.
  public var shape: [String: Double] { [activeShareParameter.name: activeShare] }

  public func logDensity(_ z: Double) -> Double {
    z == 0 ? .log(onePlus: -activeShare) : .log(activeShare) + slabLogDensity(z)
  }

  public func score(_ z: Double) -> Double { z == 0 ? 0 : slabScore(z) }

  public func sample(using stream: inout RandomStream) -> Double {
    stream.uniform() < activeShare ? slabSample(using: &stream) : 0
  }

  public var variance: Double? { activeShare * slabVariance }

  /// The same with another share of latents that are not zero.
  package func with(activeShare: Double) -> Self {
    var prior = self
    prior.activeShare = activeShare
    return prior
  }
}

/// Checks what priors with a spike demand of γ₀.
func requireShare(_ share: Double, of name: StaticString) {
  precondition(share > 0 && share < 1, "\(name) of active share \(share): must be between 0 and 1")
}
