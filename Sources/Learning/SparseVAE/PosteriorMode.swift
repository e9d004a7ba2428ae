import Compute
import Distributions
import LatentVariableModels
import SparseCoding

/// The codes of greatest posterior probability under a trained model, min over z of
/// ‖x − b − Φᵀz‖²/2σ² − log p(z): what the recognition network's answer can be held against.
///
/// Under a Laplace prior this is the lasso of x − b with λ = σ²/s: steps are sweeps of coordinate
/// descent, the minimum is found by an active set. Under a smooth prior steps are those of
/// conjugate gradients; where −log p is not convex, the minimum is the one that lies downhill from
/// the start.
public struct PosteriorMode {
  /// What one step is, for people.
  public let stepName: String
  private let problem: SparseCodingProblem
  private let noiseVariance: Double
  private let bias: [Float]
  /// What the problem's λ weighs: |z| for λ = σ²/s, −log p(z) for λ = σ².
  private let penalty: @Sendable (Double) -> Double
  private let steps: @Sendable (Int) -> any SparseSolver
  private let best: any SparseSolver
  private let team: ThreadTeam

  /// - Throws: a `RunError` for the horseshoe, whose density is infinite at zero.
  public init(_ model: SparseVAE, team: ThreadTeam) throws {
    let prior = model.prior
    let variance = Float(model.noiseVariance)
    noiseVariance = model.noiseVariance
    bias = model.bias
    self.team = team
    if type(of: prior).family == .horseshoe {
      throw RunError(
        "the horseshoe prior's density is infinite at zero: no other code is more probable",
        remedy: "expected a model with another prior")
    }
    if type(of: prior).family == .laplace {
      stepName = "sweeps of coordinate descent"
      problem = SparseCodingProblem(
        dictionary: model.filters, sparsity: Float(model.sparsityWeight))
      penalty = { abs($0) }
      steps = { CoordinateDescent(tolerance: 0, maximumSweeps: $0) }
      best = ActiveSetNewton(tolerance: 1e-6)
    } else {
      stepName = "steps of conjugate gradients"
      problem = SparseCodingProblem(dictionary: model.filters, sparsity: variance)
      penalty = { -prior.logDensity($0) }
      steps = { Self.conjugateGradients(prior, variance, tolerance: 0, steps: $0) }
      best = Self.conjugateGradients(prior, variance, tolerance: 1e-4)
    }
  }

  private static func conjugateGradients(
    _ prior: some Prior, _ noiseVariance: Float, tolerance: Float, steps: Int = 1000
  ) -> any SparseSolver {
    ConjugateGradient(
      prior, noiseVariance: noiseVariance, tolerance: tolerance, maximumIterations: steps)
  }

  /// Codes after so many steps from `codes`; after none, `codes` themselves.
  ///
  /// - Parameters:
  ///   - codes: the start, `[patches, latents]`
  ///   - patches: as the model sees them, `[patches, pixels]`
  public func refined(_ codes: Matrix, patches: Matrix, steps count: Int) -> Matrix {
    precondition(count >= 0, "\(count) steps")
    if count == 0 { return codes }
    return steps(count).encode(centred(patches), problem: problem, start: codes, team: team).codes
  }

  /// The minimum, from `codes`.
  public func minimum(from codes: Matrix, patches: Matrix) -> Matrix {
    best.encode(centred(patches), problem: problem, start: codes, team: team).codes
  }

  /// ‖x − b − Φᵀz‖²/2σ² − log p(z) of each patch, nats, up to a constant.
  public func objectives(of codes: Matrix, patches: Matrix) -> [Double] {
    problem.objectives(patches: centred(patches), codes: codes, penalty: penalty)
      .map { $0 / noiseVariance }
  }

  /// x − b
  private func centred(_ patches: Matrix) -> Matrix {
    var result = patches
    result.addToRows(bias, times: -1)
    return result
  }
}
