import CKernels
import RealModule

/// Adam (Kingma & Ba 2015) with bias correction.
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − α·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ) and
/// v̂ = v/(1 − β₂ᵗ).
public struct Adam: Hashable, Sendable, Codable {
  /// β₁
  public var beta1 = 0.9
  /// β₂
  public var beta2 = 0.999
  /// ε
  public var epsilon = 1e-8

  /// The usual numbers, but for those given.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  /// The numbers of step t = 1, 2, … at learning rate α.
  public func step(_ t: Int, learningRate: Double) -> AdamStep {
    let rootCorrection = 1 / (1 - .pow(beta2, Double(t))).squareRoot()
    return AdamStep(
      raw: svae_adam(
        step_size: Float(learningRate / (1 - .pow(beta1, Double(t)))), beta1: Float(beta1),
        beta2: Float(beta2), epsilon: Float(epsilon), root_correction: Float(rootCorrection)))
  }
}

/// One step of Adam: the same for every parameter of a group.
public struct AdamStep: Sendable {
  package var raw = svae_adam()

  /// A step of length zero.
  public init() {
    self.init(raw: svae_adam(step_size: 0, beta1: 0, beta2: 0, epsilon: 1, root_correction: 1))
  }

  package init(raw: svae_adam) { self.raw = raw }

  /// Moves one parameter along its gradient.
  public func update(
    _ parameter: inout Float, along gradient: Float, first: inout Float, second: inout Float
  ) {
    first = raw.beta1 * first + (1 - raw.beta1) * gradient
    second = raw.beta2 * second + (1 - raw.beta2) * gradient * gradient
    let root = second.squareRoot() * raw.root_correction + raw.epsilon
    parameter -= raw.step_size * first / root
  }
}

extension AdamStep {
  /// Moves `count` parameters along their gradients.
  package func update(
    _ parameters: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>,
    first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
  ) {
    withUnsafePointer(to: raw) { raw in
      svae_kernels().pointee.dense.adam(count, raw, gradient, parameters, first, second)
    }
  }
}
