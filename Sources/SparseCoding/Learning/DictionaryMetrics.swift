import Compute
import RealModule

/// What one update measured, with the dictionary before it.
public struct DictionaryMetrics: Hashable, Codable, Sendable {
  /// The update's number, from 0.
  public internal(set) var step = 0
  /// ½‖x − Φᵀz‖² + λ‖z‖₁, mean over the batch.
  public let objective: Double
  /// ½‖x − Φᵀz‖², mean over the batch.
  public let squaredError: Double
  /// Signal to noise ratio of the reconstruction: 10·log₁₀ Σ‖x‖²/Σ‖x − Φᵀz‖², in dB.
  public let snrDecibels: Double
  /// Mean number of nonzero codes of a patch, L0.
  public let meanActive: Double
  /// Patches that the solver brought to its tolerance.
  public let converged: Int
  /// Patches whose numbers left the finite range.
  public let notFinite: Int
  /// Atoms unused for `AtomReplacement.idlePatches` patches.
  public internal(set) var dead = 0
  /// Atoms nearly equal to an earlier one, up to sign.
  public internal(set) var duplicates = 0
  /// Atoms that were replaced.
  public internal(set) var replaced = 0

  init(problem: SparseCodingProblem, batch: CodedBatch, encoding: Encoding) {
    func energy(_ matrix: Matrix) -> Double {
      matrix.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let count = Double(max(batch.patches.rows, 1))
    let error = energy(batch.residuals)
    let norm = batch.codes.elements.reduce(0.0) { $0 + Double(abs($1)) }
    squaredError = error / 2 / count
    objective = squaredError + Double(problem.sparsity) * norm / count
    snrDecibels = 10 * .log(energy(batch.patches) / error) / .log(10)
    meanActive = encoding.meanActive
    converged = encoding.count(.converged)
    notFinite = encoding.count(.notFinite)
  }
}
