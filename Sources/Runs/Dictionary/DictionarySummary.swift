import Evaluation
import Foundation

/// A dictionary's evaluation as one flat object of numbers, the same for people and scripts.
///
/// The names are a contract: `svae evaluate --json` prints them.
public struct DictionarySummary: Codable, Hashable, Sendable {
  public var atoms: Int
  public var patches: Int
  public var lambda: Double
  /// ½‖x − Φᵀz‖² + λ‖z‖₁, mean over the patches.
  public var objective: Double
  public var snrDecibels: Double
  /// Mean number of nonzero codes of a patch.
  public var l0: Double
  /// The same of codes above a tenth of the codes' root mean square, as a model's `l0` counts.
  public var significantCodes: Double
  /// Share of the patches that the solver brought to its criterion.
  public var converged: Double
  /// The largest criterion: for the solvers of the lasso the relative duality gap.
  public var largestGap: Double
  /// Used, not noise-like and no spike.
  public var activeFilters: Int
  /// Used by no patch.
  public var dead: Int
  public var duplicates: Int
  /// |cosine| with an earlier atom.
  public var duplicatesThreshold: Double
  public var spikes: Int
  public var spikesThreshold: Double
  public var noiseLike: Int
  /// The share of noise filters that the test takes for structure.
  public var noiseLikeThreshold: Double
  /// nil where no Gabor functions were fitted.
  public var gaborLike: Int?
  public var gaborLikeThreshold: Double
  public var gaborLikeStrict: Int?
  public var gaborLikeStrictThreshold: Double
  public var gaborMedianRSquared: Double?
  public var kurtosis: Double?
  public var hoyer: Double?

  public init(_ evaluation: DictionaryEvaluation) {
    let thresholds = evaluation.thresholds
    let fits = evaluation.gaborFits?.map(\.rSquared)
    atoms = evaluation.dictionary.rows
    patches = evaluation.patches
    lambda = evaluation.lambda
    objective = evaluation.fit.objective
    snrDecibels = evaluation.fit.signalToNoise.decibels
    l0 = evaluation.fit.meanActive
    significantCodes = evaluation.sparsity.activeLatents
    converged =
      Double(evaluation.fit.encoding.count(.converged)) / Double(max(1, evaluation.patches))
    largestGap = Double(evaluation.fit.encoding.largestGap)
    activeFilters = evaluation.active.count { $0 }
    dead = evaluation.dead.count { $0 }
    duplicates = evaluation.duplicates.count { $0 }
    duplicatesThreshold = thresholds.duplicates
    spikes = evaluation.spikes.count { $0 }
    spikesThreshold = thresholds.spikes
    noiseLike = evaluation.noiseLike.count { $0 }
    noiseLikeThreshold = thresholds.noiseFalsePositiveRate
    gaborLike = fits?.count { $0 > thresholds.gaborLike }
    gaborLikeThreshold = thresholds.gaborLike
    gaborLikeStrict = fits?.count { $0 >= thresholds.gaborLikeStrict }
    gaborLikeStrictThreshold = thresholds.gaborLikeStrict
    gaborMedianRSquared = fits.map(median(of:))
    kurtosis = evaluation.sparsity.excessKurtosis
    hoyer = evaluation.sparsity.hoyer
  }

  /// What came of the learning, in one line.
  public var headline: String {
    let gabors = gaborLikeStrict.map {
      "\($0) of \(atoms) filters are Gabor-like (R² ≥ \(gaborLikeStrictThreshold)), "
        + "\(activeFilters) active"
    }
    return (gabors ?? "\(activeFilters) of \(atoms) filters are active")
      + "; \(dead) dead, \(duplicates) duplicates; test objective "
      + String(format: "%.3f, SNR %.2f dB, L0 %.2f", objective, snrDecibels, l0)
  }

  /// One flat JSON object; undefined measures are null.
  public func json() throws -> String { try flatJSON(self) }

  /// The same for people.
  public var table: String {
    var table = SummaryTable(filters: atoms)
    table.add("patches", "\(patches)")
    table.add("λ", SummaryTable.number(lambda))
    table.add("objective", SummaryTable.number(objective) + "  ½‖x − Φᵀz‖² + λ‖z‖₁")
    table.add("SNR", SummaryTable.number(snrDecibels) + " dB")
    table.add(
      "L0",
      String(
        format: "%.2f atoms per patch; %.2f above a tenth of the RMS", l0, significantCodes))
    table.add(
      "converged",
      String(format: "%.2f %%, largest relative gap %.2g", 100 * converged, largestGap))
    table.add("active filters", activeFilters, "used, not noise-like, no spike")
    table.add("dead", dead, "used by no patch")
    table.addAppearance(of: self)
    table.addSparsity(of: self)
    return table.text
  }
}
