import Compute
import Distributions

/// The codes of greatest posterior probability, min over z of ‖x − Φᵀz‖²/(2σ²) − log p(z), for any
/// prior of smooth density.
///
/// σ² takes the place of the problem's λ; the minimum is found by `ConjugateGradient`.
public struct MaximumAPosteriori<Density: Prior>: SparseSolver {
  /// p, the same for each code.
  public var prior: Density
  /// σ², the variance of a pixel's noise.
  public var noiseVariance: Float
  /// Stops where the gradient's norm, relative to that at z = 0 without the prior, is at most this.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  /// The estimate under `prior` with noise of variance σ².
  public init(
    _ prior: Density, noiseVariance: Float, tolerance: Float = 1e-4, maximumIterations: Int = 1000
  ) {
    precondition(noiseVariance > 0, "noise variance σ² = \(noiseVariance)")
    self.prior = prior
    self.noiseVariance = noiseVariance
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Codes by `ConjugateGradient` with σ² in the place of λ.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    ConjugateGradient(
      prior, tolerance: tolerance, maximumIterations: maximumIterations, weight: noiseVariance
    ).solve(problem, block)
  }
}
