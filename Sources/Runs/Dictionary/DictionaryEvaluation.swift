import Compute
import Evaluation
import SparseCoding

/// A dictionary measured on held-out patches: how well its codes explain them, how sparse they
/// are, which atoms are used and what they look like.
public struct DictionaryEvaluation: Sendable {
  /// Φ, `[atoms, pixels]`
  public let dictionary: Matrix
  /// λ
  public let lambda: Double
  public let patches: Int
  public let fit: DictionaryFit
  public let sparsity: Sparsity
  /// The mean of |z| of each atom.
  public let activity: [Double]
  /// Atoms that no patch uses.
  public let dead: [Bool]
  /// |cosine| with an earlier atom above its threshold.
  public let duplicates: [Bool]
  /// Participation ratio below its threshold: a single-pixel filter.
  public let spikes: [Bool]
  /// Not to be told from noise.
  public let noiseLike: [Bool]
  /// The best Gabor function for each filter; nil where none were fitted.
  public let gaborFits: [GaborFit]?
  public let thresholds: ActivityThresholds

  /// Used, not noise-like and no spike.
  public var active: [Bool] {
    dead.indices.map { !dead[$0] && !noiseLike[$0] && !spikes[$0] }
  }

  /// - Parameters:
  ///   - patches: treated as the training data was, `[N, pixels]`.
  ///   - noiseTest: made for patches of this size.
  ///   - gaborFitter: nil fits no Gabor functions.
  public init(
    _ problem: SparseCodingProblem, solver: any SparseSolver, on patches: Matrix,
    noiseTest: NoiseTest, gaborFitter: GaborFitter? = nil,
    thresholds: ActivityThresholds = ActivityThresholds(), team: ThreadTeam
  ) {
    let filters = problem.dictionary
    dictionary = filters
    lambda = Double(problem.sparsity)
    self.patches = patches.rows
    let fit = DictionaryFit(problem, solver: solver, on: patches, team: team)
    self.fit = fit
    sparsity = Sparsity(of: fit.encoding.codes)
    var sums = [Double](repeating: 0, count: filters.rows)
    for row in 0..<patches.rows {
      for (atom, code) in fit.encoding.codes.row(row).enumerated() {
        sums[atom] += Double(abs(code))
      }
    }
    activity = sums.map { $0 / Double(max(1, patches.rows)) }
    dead = sums.map { $0 == 0 }
    duplicates = filters.isDuplicate(above: thresholds.duplicates)
    spikes = participationRatios(of: filters).map { $0 < thresholds.spikes }
    noiseLike = noiseTest.isNoiseLike(filters, team: team)
    gaborFits = gaborFitter?.fits(of: filters, team: team)
    self.thresholds = thresholds
  }
}
