import Compute
import Evaluation
import SparseCoding

/// How well a dictionary's sparse codes explain patches.
public struct DictionaryFit: Sendable {
  /// ½‖x − Φᵀz‖² + λ‖z‖₁, mean over the patches.
  public let objective: Double
  /// Of the codes' reconstructions.
  public let signalToNoise: SignalToNoise
  /// Mean number of nonzero codes of a patch, L0.
  public let meanActive: Double
  /// z and how they were found.
  public let encoding: Encoding

  /// - Parameter patches: treated as the training data was, `[patches, pixels]`.
  public init(
    _ problem: SparseCodingProblem, solver: any SparseSolver, on patches: Matrix, team: ThreadTeam
  ) {
    encoding = solver.encode(patches, problem: problem, team: team)
    var energy = SignalToNoise()
    energy.add(
      patches: patches,
      reconstructions: LinearAlgebra.product(encoding.codes, problem.dictionary))
    let count = Double(max(1, patches.rows))
    let norm = encoding.codes.elements.reduce(0.0) { $0 + Double(abs($1)) }
    objective = (energy.errorEnergy / 2 + Double(problem.sparsity) * norm) / count
    signalToNoise = energy
    meanActive = encoding.meanActive
  }
}
