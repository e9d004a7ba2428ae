import Compute
import Foundation
import ImageData
import SparseCoding

/// A learned dictionary, used on data.
extension TrainedRun<DictionaryConfiguration> {
  /// Patches as they come from images → their sparse codes.
  ///
  /// - Parameters:
  ///   - treated: whether the patches are already whitened and scaled as the training data was.
  ///   - solver: nil is the one that the dictionary was learned with.
  ///   - gap: what the solver stops by.
  ///   - lambda: nil is the one that the dictionary was learned with.
  public func encode(
    _ stream: ArrayStream, treated: Bool, solver family: SparseSolverFamily? = nil,
    gap: Double, activeAtoms: Int? = nil, lambda: Double? = nil, team: ThreadTeam
  ) throws -> EncodingReport {
    let settings = configuration.sparseCoding.resolved
    let family = family ?? settings.chosenSolver
    let solver = family.solver(gap: gap, activeAtoms: activeAtoms ?? settings.activeAtoms)
    let problem = SparseCodingProblem(
      dictionary: model.filters, sparsity: Float(lambda ?? settings.lambda),
      nonnegative: settings.nonnegative)
    var report = EncodingReport(
      objective: family.entry.objective, criterion: family.entry.criterion.name)
    let result = try patches(
      of: stream, treated: treated, to: "codes", [model.filters.rows]
    ) { patches in
      let started = Date()
      let encoding = solver.encode(patches, problem: problem, team: team)
      report.add(encoding, seconds: Date().timeIntervalSince(started))
      return encoding.codes
    }
    report.seconds = result.seconds
    return report
  }
}

/// How the encoding of a stream of patches went.
public struct EncodingReport: Codable, Hashable, Sendable {
  /// What the codes minimise: "½‖x − Φᵀz‖² + λ‖z‖₁".
  public let objective: String
  /// What `largestGap` is: "relative duality gap".
  public let criterion: String
  /// Patches that were encoded.
  public private(set) var patches = 0
  /// Patches that the solver brought to its criterion.
  public private(set) var converged = 0
  /// Patches whose numbers left the finite range; their codes are zero.
  public private(set) var notFinite = 0
  /// The largest criterion: for the solvers of the lasso the relative duality gap.
  public private(set) var largestGap = 0.0
  /// Nonzero codes in all.
  private var nonzero = 0.0
  /// In the solver alone.
  public private(set) var solverSeconds = 0.0
  /// With reading and writing.
  public internal(set) var seconds = 0.0

  init(objective: String, criterion: String) {
    (self.objective, self.criterion) = (objective, criterion)
  }

  /// In the solver alone.
  public var patchesPerSecond: Double { Double(patches) / max(1e-9, solverSeconds) }

  /// Mean number of nonzero codes of a patch.
  public var l0: Double { nonzero / Double(max(1, patches)) }

  mutating func add(_ encoding: Encoding, seconds: Double) {
    patches += encoding.codes.rows
    converged += encoding.count(.converged)
    notFinite += encoding.count(.notFinite)
    largestGap = max(largestGap, Double(encoding.largestGap))
    nonzero += encoding.meanActive * Double(encoding.codes.rows)
    solverSeconds += seconds
  }

  /// One flat JSON object.
  public func json() throws -> String {
    try jsonText([
      "objective": objective, "criterion": criterion, "patches": patches, "converged": converged,
      "notFinite": notFinite,
      "largestGap": largestGap, "l0": l0, "patchesPerSecond": patchesPerSecond,
      "seconds": seconds,
    ])
  }
}
