import Compute
import ImageData
import SparseCodingVAE

/// What codes of clean patches look like: how far each latent swings, and what is left of a patch.
///
/// The prior a model is trained with is set to make codes sparse, not to describe them: its scale
/// is often far below that of the codes. Whoever infers clean patches from noisy ones needs the
/// latter.
public struct CodeStatistics: Hashable, Sendable {
  /// sₖ: the mean of |μₖ|, the scale of the Laplace density that fits the codes best.
  public var scales: [Float]
  /// σ², the mean square of what the posterior means do not explain, per pixel.
  public var residualVariance: Double

  /// - Parameter patches: clean ones, treated as the training data was, `[N, pixels]`; at least
  ///   one.
  public init(of model: SparseVAE, on patches: Matrix, team: ThreadTeam) {
    precondition(patches.rows > 0, "no patches to learn the codes' scales from")
    let inference = Inference(model, team: team)
    var sums = [Double](repeating: 0, count: model.configuration.latents)
    var squares = 0.0
    for start in stride(from: 0, to: patches.rows, by: ArrayStream.rowsAtATime) {
      let rows = patches.selectingRows(
        start..<min(start + ArrayStream.rowsAtATime, patches.rows))
      let codes = inference.encode(rows).mean
      for row in 0..<codes.rows {
        for latent in sums.indices { sums[latent] += Double(abs(codes[row, latent])) }
      }
      for (value, guess) in zip(rows.elements, inference.decode(codes).elements) {
        squares += Double(value - guess) * Double(value - guess)
      }
    }
    let means = sums.map { $0 / Double(patches.rows) }
    // A latent that never speaks must not be divided by.
    let least = 1e-4 * max(means.max() ?? 0, 1e-6)
    scales = means.map { Float(max($0, least)) }
    residualVariance = max(1e-6, squares / Double(patches.rows * patches.columns))
  }
}
