import Compute

/// The codes of greatest posterior probability, min over z of ‖x − Φᵀz‖²/(2σ²) + E(z), for any
/// smooth energy E(z) = −log p(z).
///
/// σ² takes the place of the problem's λ; the minimum is found by `ConjugateGradient`.
public struct MaximumAPosteriori<Energy: SmoothEnergy>: SparseSolver {
  /// E, −log p(z) up to a constant.
  public var energy: Energy
  /// σ², the variance of a pixel's noise.
  public var noiseVariance: Float
  /// Stops where the gradient's norm, relative to that at z = 0 without E, is at most this.
  public var tolerance: Float
  public var maximumIterations: Int

  public init(
    _ energy: Energy, noiseVariance: Float, tolerance: Float = 1e-4, maximumIterations: Int = 1000
  ) {
    precondition(noiseVariance > 0, "noise variance σ² = \(noiseVariance)")
    self.energy = energy
    self.noiseVariance = noiseVariance
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    ConjugateGradient(
      energy, tolerance: tolerance, maximumIterations: maximumIterations, weight: noiseVariance
    ).solve(problem, block)
  }
}
