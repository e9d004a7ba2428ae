import Compute
import Distributions
import Evaluation
import Foundation
import LatentVariableModels
import RealModule

/// −log p(x) of a model, by annealed importance sampling, with what tells how far to trust it.
public struct LikelihoodEstimation: Sendable {
  /// Patches that are measured, the first ones.
  public var patches = 500
  /// The chains of each.
  public var sampling = AnnealedImportanceSampling()
  /// Patches simulated from the model, on which the chains' error is bracketed from both sides.
  public var simulatedPatches = 32
  /// Steps of refinement that stand for the best structured posterior.
  private static let refinements = 20

  /// A thousand temperatures.
  public init() { sampling.temperatures = 1000 }

  /// Measures `model` on patches as it sees them.
  ///
  /// - Parameters:
  ///   - training: patches that a Gaussian is fitted to, to compare with; nil compares with none.
  ///   - progress: told how many patches are done, of how many.
  /// - Throws: a `RunError` where there are no patches.
  public func estimate(
    _ model: SparseVAE, on patches: Matrix, training: Matrix?, team: ThreadTeam,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> LikelihoodEstimate {
    guard patches.rows > 0 else {
      throw RunError("there are no held-out patches", remedy: "name data with --data")
    }
    let shown = patches.selectingRows(0..<min(self.patches, patches.rows))
    let decoder = LinearGaussianDecoder(
      filters: model.filters, bias: model.bias, noiseVariance: model.noiseVariance,
      contrast: model.contrast)
    let prior = model.prior
    let total = shown.rows + simulatedPatches
    let part = 4 * team.count
    var estimates: [AnnealedImportanceSampling.Estimate] = []
    while estimates.count < shown.rows {
      let rows = estimates.count..<min(estimates.count + part, shown.rows)
      estimates += team.map(rows.count) { row in
        sampling.estimate(
          decoder.likelihood(of: shown.row(rows.lowerBound + row)), prior: prior,
          index: rows.lowerBound + row)
      }
      progress(estimates.count, total)
    }
    var bracket = BidirectionalMonteCarlo()
    bracket.sampling = sampling
    let gap = bracket.bracket(
      count: simulatedPatches, decoder: decoder, prior: prior, team: team
    ).meanGap
    progress(total, total)
    return LikelihoodEstimate(
      estimates, shown, temperatures: sampling.temperatures, bracketGap: gap,
      refined: model.refined(Self.refinements).map { Self.negativeELBO($0, shown, team) },
      exact: model.exact.map { Self.negativeELBO($0, shown, team) },
      negativeELBO: Self.negativeELBO(model, shown, team),
      gaussian: training.flatMap { GaussianFloor(of: $0) }?
        .negativeLogLikelihood(of: shown, noiseVariance: model.noiseVariance))
  }

  private static func negativeELBO(
    _ model: SparseVAE, _ patches: Matrix, _ team: ThreadTeam
  ) -> Double {
    let found = Inference(model, team: team).evaluate(patches)
    return found.negativeLogLikelihood + found.jointDivergence
      + found.divergence.elements.reduce(0) { $0 + Double($1) } / Double(max(1, patches.rows))
  }
}

extension SparseVAE {
  /// The same with a structured posterior that refines what the encoder says; nil where the posterior
  /// is another.
  fileprivate func refined(_ refinements: Int) -> SparseVAE? {
    configuration.posterior == .structured
      ? with(posterior: .structured, refinements: refinements) : nil
  }

  /// A model whose ELBO is log p(x) itself: of a Gaussian prior the structured posterior is the true
  /// one. Nil for other priors.
  fileprivate var exact: SparseVAE? {
    prior is GaussianPrior ? with(posterior: .structured) : nil
  }
}

/// What was found of −log p(x), nats per patch.
public struct LikelihoodEstimate: Codable, Hashable, Sendable {
  /// Patches that were measured.
  public let patches: Int
  /// Chains of each.
  public let chains: Int
  /// Steps of each from prior to posterior.
  public let temperatures: Int
  /// −log p(x), mean over patches.
  public let negativeLogEvidence: Double
  /// Where its 95 % interval begins.
  public let negativeLogEvidenceLow: Double
  /// Where that ends.
  public let negativeLogEvidenceHigh: Double
  /// The same in bits per pixel, of patches as the model sees them.
  public let bitsPerPixel: Double
  /// −ELBO of the same patches.
  public let negativeElbo: Double
  /// What refining the encoder's answers would gain of the ELBO; nil where the posterior has no such
  /// steps.
  public let amortizationGap: Double?
  /// Mean effective number of a patch's chains.
  public let effectiveSampleSize: Double
  /// Mean rate of acceptance.
  public let acceptance: Double
  /// Of patches simulated from the model, the mean distance between an upper and a lower bound: the
  /// error bar of the chains.
  public let bracketGap: Double
  /// −log p(x) of the Gaussian with the training patches' covariance and the model's noise.
  public let gaussianNll: Double?
  /// −log p(x) in closed form, with a Gaussian prior.
  public let exact: Double?

  fileprivate init(
    _ estimates: [AnnealedImportanceSampling.Estimate], _ shown: Matrix, temperatures: Int,
    bracketGap: Double, refined: Double?, exact: Double?, negativeELBO: Double, gaussian: Double?
  ) {
    let count = Double(max(1, estimates.count))
    let summary = SampleSummary(of: estimates.map { -$0.logLikelihood })
    patches = estimates.count
    chains = estimates.first?.logWeights.count ?? 0
    self.temperatures = temperatures
    negativeLogEvidence = summary.mean
    negativeLogEvidenceLow = summary.interval?.lowerBound ?? summary.mean
    negativeLogEvidenceHigh = summary.interval?.upperBound ?? summary.mean
    bitsPerPixel = summary.mean / Double.log(2) / Double(shown.columns)
    negativeElbo = negativeELBO
    amortizationGap = refined.map { negativeELBO - $0 }
    effectiveSampleSize = estimates.reduce(0) { $0 + $1.effectiveSampleSize } / count
    acceptance = estimates.reduce(0) { $0 + $1.acceptance } / count
    self.bracketGap = bracketGap
    gaussianNll = gaussian
    self.exact = exact
  }
}

extension LikelihoodEstimate {
  /// What the command prints, and its warning where the chains are too short to be trusted.
  public var table: String {
    func nats(_ value: Double) -> String { String(format: "%.2f nats", value) }
    var rows = [
      [
        "−log p(x)", nats(negativeLogEvidence),
        String(
          format:
            "%.2f to %.2f (95 %%) over %d patches; %.3f bits per pixel, of patches as the model "
            + "sees them", negativeLogEvidenceLow, negativeLogEvidenceHigh, patches, bitsPerPixel),
      ],
      ["−ELBO", nats(negativeElbo), "of the same patches"],
      [
        "gap", nats(negativeElbo - negativeLogEvidence),
        amortizationGap.map {
          String(format: "of which the encoder loses %.2f (20 refinements gain that back)", $0)
        } ?? "how loose the ELBO is",
      ],
      [
        "bracket", nats(bracketGap),
        "upper − lower bound on patches simulated from the model: the chains’ error bar",
      ],
      [
        "chains", "\(chains)",
        String(
          format: "of %d temperatures; worth %.1f, %.0f %% accepted", temperatures,
          effectiveSampleSize, 100 * acceptance),
      ],
    ]
    if let gaussianNll {
      rows.append([
        "Gaussian", nats(gaussianNll), "with the training patches’ whole covariance and this noise",
      ])
    }
    if let exact {
      rows.append(["exact", nats(exact), "in closed form, as the prior is Gaussian"])
    }
    return TextTable(rows: rows, alignment: [.left, .right, .left]).text
  }

  /// That the chains are too short; nil where they are not.
  public var warning: String? {
    bracketGap > 1
      ? String(
        format: "the bracket is %.1f nats wide: −log p(x) may be as much too large; give more "
          + "--temperatures", bracketGap) : nil
  }

  /// One flat JSON object.
  public func json() throws -> String {
    let data = try JSONEncoder().encode(self)
    return try jsonText(JSONSerialization.jsonObject(with: data))
  }
}
