import Compute
import Distributions
import Evaluation
import ImageData
import RealModule
import SparseCodingVAE

/// A model measured on held-out patches: the ELBO's terms, who is active, how sparse the codes are.
public struct ModelEvaluation: Sendable {
  public let model: SparseVAE
  /// E_q[−log p(x | z)] in nats per patch.
  public let negativeLogLikelihood: Double
  /// KL(q ‖ p) in nats per patch.
  public let divergence: Double
  /// Of reconstructions from the posterior means.
  public let signalToNoise: SignalToNoise
  public let statistics: PosteriorStatistics
  public let active: ActiveFilters
  /// The best Gabor function for each filter; nil where none were fitted.
  public let gaborFits: [GaborFit]?
  /// Of the posterior means.
  public let sparsity: Sparsity
  /// K·(π/2)·s² over the data's energy.
  public let temperature: Double
  public let patches: Int

  /// −ELBO in nats per patch.
  public var negativeELBO: Double { negativeLogLikelihood + divergence }

  /// - Parameters:
  ///   - patches: treated as the training data was, `[N, pixels]`.
  ///   - noiseTest: made for patches of this size.
  ///   - gaborFitter: nil fits no Gabor functions.
  public init(
    _ model: SparseVAE, on patches: Matrix, noiseTest: NoiseTest,
    gaborFitter: GaborFitter? = nil, thresholds: ActivityThresholds = ActivityThresholds(),
    seed: UInt64 = 0, team: ThreadTeam
  ) {
    let inference = Inference(model, team: team)
    let latents = model.configuration.latents
    var accumulator = PosteriorStatistics.Accumulator(latents: latents)
    var signalToNoise = SignalToNoise()
    var negativeLogLikelihood = 0.0
    var divergence = 0.0
    var energy = 0.0
    var means = Matrix(rows: 0, columns: latents)
    // A Laplace posterior of scale τ has variance 2τ².
    let varianceFactor: Float = model.configuration.posterior == .laplace ? 2 : 1
    let part = 4096
    for start in stride(from: 0, to: patches.rows, by: part) {
      let rows = patches.selectingRows(start..<min(start + part, patches.rows))
      let result = inference.evaluate(rows, seed: seed &+ UInt64(start))
      var variances = result.posteriors.logScale
      variances.elements = variances.elements.map {
        varianceFactor * Float(Double.exp(2 * Double($0)))
      }
      accumulator.add(
        means: result.posteriors.mean, variances: variances, divergences: result.divergence,
        idleDivergences: result.idleDivergence)
      signalToNoise.add(patches: rows, reconstructions: result.reconstructions)
      negativeLogLikelihood += result.negativeLogLikelihood * Double(rows.rows)
      divergence += result.divergence.elements.reduce(0) { $0 + Double($1) }
      energy += rows.elements.reduce(0) { $0 + Double($1) * Double($1) }
      means = Matrix(
        rows: means.rows + rows.rows, columns: latents,
        elements: means.elements + result.posteriors.mean.elements)
    }
    let count = Double(max(1, patches.rows))
    self.model = model
    self.patches = patches.rows
    self.negativeLogLikelihood = negativeLogLikelihood / count
    self.divergence = divergence / count
    self.signalToNoise = signalToNoise
    statistics = accumulator.statistics
    gaborFits = gaborFitter?.fits(of: model.filters, team: team)
    active = ActiveFilters(
      filters: model.filters,
      activity: LatentActivity(
        statistics, priorVariance: model.prior.variance, thresholds: thresholds),
      noiseTest: noiseTest, gaborFits: gaborFits, team: team)
    sparsity = Sparsity(of: means)
    temperature = model.temperature(
      pixelVariance: energy / (count * Double(model.configuration.pixels)))
  }

  /// The test for noise-like filters on data like `patches`.
  public static func noiseTest(
    for preprocessing: Preprocessing, patches: Matrix, team: ThreadTeam
  ) -> NoiseTest {
    NoiseTest(
      height: preprocessing.patchHeight, width: preprocessing.patchWidth,
      data: patches.selectingRows(0..<min(8000, patches.rows)), team: team)
  }

  /// - Throws: a `RunError` for patches too small to be measured.
  static func requireMeasurable(_ preprocessing: Preprocessing) throws {
    let (height, width) = (preprocessing.patchHeight, preprocessing.patchWidth)
    if height < 4 || width < 4 {
      throw RunError(
        "patches of \(height) × \(width) pixels", remedy: "expected at least 4 × 4")
    }
  }

  /// The Gabor fitter for patches of photographs; nil for digits, to which Gabors do not apply.
  public static func gaborFitter(for preprocessing: Preprocessing) -> GaborFitter? {
    preprocessing.kind == .cut
      ? GaborFitter(height: preprocessing.patchHeight, width: preprocessing.patchWidth) : nil
  }
}
