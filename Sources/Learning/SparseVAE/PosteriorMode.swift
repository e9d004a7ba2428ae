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
///
/// Where patches have a contrast a, each patch's penalty is |z|·E[1/a]/s with the contrast that the
/// model gives it.
public struct PosteriorMode {
  /// What one step is, for people.
  public let stepName: String
  private let problem: SparseCodingProblem
  private let decoder: IsotropicDecoder
  /// s of each latent over the prior's: the problem is that of codes over these.
  private let scales: [Float]?
  /// What the problem's λ weighs: |z| for λ = σ²/s, −log p(z) for λ = σ².
  private let penalty: @Sendable (Double) -> Double
  private let steps: @Sendable (Int) -> any SparseSolver
  private let best: any SparseSolver
  private let team: ThreadTeam
  /// E[1/a] of each patch; nil where patches have no contrast.
  private let contrast: ((Matrix) -> [Float]?)?

  /// - Throws: a `RunError` for the horseshoe, whose density is infinite at zero, and for priors with
  ///   an atom.
  public init(_ model: SparseVAE, team: ThreadTeam) throws {
    let prior = model.prior
    let variance = Float(model.noiseVariance)
    decoder = model.isotropicDecoder
    scales = model.relativePriorScales
    let filters = decoder.filters.multiplyingRows(by: scales)
    self.team = team
    contrast = model.contrast.map { _ in
      let inference = Inference(model, team: team)
      return { inference.encode($0).inverseContrasts }
    }
    if type(of: prior).hasAtom {
      throw RunError(
        "under the \(type(of: prior).name) prior single codes have a probability of their own: steps "
          + "downhill do not find the most probable ones",
        remedy: "expected a model with another prior; svae encode --code mode takes the encoder's")
    }
    if type(of: prior).family == .horseshoe {
      throw RunError(
        "the horseshoe prior's density is infinite at zero: no other code is more probable",
        remedy: "expected a model with another prior")
    }
    if type(of: prior).family == .laplace {
      stepName = "sweeps of coordinate descent"
      problem = SparseCodingProblem(
        dictionary: filters, sparsity: Float(model.sparsityWeight))
      penalty = { abs($0) }
      steps = { CoordinateDescent(tolerance: 0, maximumSweeps: $0) }
      best = ActiveSetNewton(tolerance: 1e-6)
    } else {
      stepName = "steps of conjugate gradients"
      problem = SparseCodingProblem(dictionary: filters, sparsity: variance)
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
    return count == 0 ? codes : solved(patches, from: codes, by: steps(count))
  }

  /// The minimum, from `codes`.
  public func minimum(from codes: Matrix, patches: Matrix) -> Matrix {
    solved(patches, from: codes, by: best)
  }

  /// With z = ι·u and ι = E[1/a], u has the penalty |u|/s for (x − b)/ι.
  private func solved(
    _ patches: Matrix, from codes: Matrix, by solver: any SparseSolver
  ) -> Matrix {
    let contrasts = contrast?(patches) ?? nil
    let start = codes.dividingRows(by: contrasts).dividingColumns(by: scales)
    let found = solver.encode(
      centred(patches).dividingRows(by: contrasts), problem: problem, start: start, team: team
    ).codes
    return found.dividingRows(by: contrasts?.map { 1 / $0 })
      .dividingColumns(by: scales?.map { 1 / $0 })
  }

  /// ‖x − b − Φᵀz‖²/2σ² − log p(z) of each patch, nats, up to a constant.
  public func objectives(of codes: Matrix, patches: Matrix) -> [Double] {
    let contrasts = contrast?(patches) ?? nil
    let found = problem.objectives(
      patches: centred(patches).dividingRows(by: contrasts),
      codes: codes.dividingRows(by: contrasts).dividingColumns(by: scales), penalty: penalty)
    return found.enumerated().map { row, objective in
      let scale = Double(contrasts?[row] ?? 1)
      return objective * scale * scale / decoder.noiseVariance
    }
  }

  /// x − b, where noise is the same in all directions.
  private func centred(_ patches: Matrix) -> Matrix {
    var result = decoder.whitened(patches)
    result.addToRows(decoder.bias, times: -1)
    return result
  }
}

extension Matrix {
  /// Each row divided by its number; unchanged where there are none.
  fileprivate func dividingRows(by divisors: [Float]?) -> Matrix {
    guard let divisors else { return self }
    var result = self
    for (row, divisor) in divisors.enumerated() {
      for column in 0..<columns { result[row, column] /= divisor }
    }
    return result
  }

  /// Each column divided by its number; unchanged where there are none.
  fileprivate func dividingColumns(by divisors: [Float]?) -> Matrix {
    guard let divisors else { return self }
    var result = self
    for index in result.elements.indices { result.elements[index] /= divisors[index % columns] }
    return result
  }

  /// Each row times its number; unchanged where there are none.
  fileprivate func multiplyingRows(by factors: [Float]?) -> Matrix {
    dividingRows(by: factors?.map { 1 / $0 })
  }
}
