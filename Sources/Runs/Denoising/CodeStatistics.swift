import Compute
import ImageData
import SparseCoding
import SparseCodingVAE

/// What the sparse codes of clean patches look like: how far each latent swings where the codes
/// explain all but a fiftieth of a patch's variance.
///
/// The prior a model is trained with is set to make codes sparse, not to describe them: its scale
/// is often far below that of the codes. Whoever infers clean patches from noisy ones needs the
/// latter.
public struct CodeStatistics: Hashable, Sendable {
  /// sₖ, the scale of the Laplace density that fits the codes best: the mean of |zₖ|.
  public var scales: [Float]
  /// ε, the variance that codes leave unexplained, per pixel of variance 1.
  public static let residualVariance = 0.02
  /// The most patches that are looked at.
  public static let patches = 8192

  /// Alternates between the codes, min ½‖w − b − Φᵀz‖²/ε + Σₖ|zₖ|/sₖ, and sₖ.
  ///
  /// - Parameter patches: clean ones, treated as the training data was, `[N, pixels]`; at least
  ///   one.
  public init(of model: SparseVAE, on patches: Matrix, team: ThreadTeam) {
    precondition(patches.rows > 0, "no patches to learn the codes' scales from")
    var rows = patches.selectingRows(0..<min(patches.rows, Self.patches))
    let bias = model.bias
    for index in rows.elements.indices { rows.elements[index] -= bias[index % bias.count] }
    let deviation = Float(Self.residualVariance.squareRoot())
    for index in rows.elements.indices { rows.elements[index] /= deviation }
    let filters = model.filters
    scales = [Float](repeating: 1, count: filters.rows)
    for _ in 0..<4 {
      var dictionary = filters
      for k in 0..<filters.rows {
        for i in 0..<filters.columns { dictionary[k, i] *= scales[k] / deviation }
      }
      let problem = SparseCodingProblem(dictionary: dictionary, sparsity: 1)
      let codes = ActiveSetNewton(tolerance: 1e-3).encode(rows, problem: problem, team: team).codes
      var sums = [Double](repeating: 0, count: filters.rows)
      for row in 0..<codes.rows {
        for k in sums.indices { sums[k] += Double(abs(codes[row, k])) }
      }
      let means = sums.indices.map { Double(scales[$0]) * sums[$0] / Double(rows.rows) }
      // A latent that never speaks must not be divided by.
      let least = 1e-4 * max(means.max() ?? 0, 1e-6)
      scales = means.map { Float(max($0, least)) }
    }
  }
}
