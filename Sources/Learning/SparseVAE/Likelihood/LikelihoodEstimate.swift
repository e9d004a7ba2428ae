import Evaluation
import Foundation
import RealModule

/// What was found of −log p(x), nats per patch.
public struct LikelihoodEstimate: Codable, Hashable, Sendable {
  /// What was measured.
  public let bound: LikelihoodBound
  /// Patches that were measured.
  public let patches: Int
  /// Chains of each; nil for other bounds.
  public let chains: Int?
  /// Steps of each from the Gaussian to the posterior.
  public let temperatures: Int?
  /// Samples of each patch, of the importance-weighted bound.
  public let samples: Int?
  /// −log p(x) or what lies above it, mean over patches.
  public let negativeLogEvidence: Double
  /// Where its 95 % interval begins.
  public let negativeLogEvidenceLow: Double
  /// Where that ends.
  public let negativeLogEvidenceHigh: Double
  /// The same in bits per pixel, of patches as the model sees them.
  public let bitsPerPixel: Double
  /// −ELBO of the same patches.
  public let negativeElbo: Double
  /// What the best answer for each patch, of the posterior's form, would gain of the ELBO.
  public let amortizationGap: Double?
  /// What a covariance of latents would gain beyond that.
  public let independenceGap: Double?
  /// What is left of −ELBO above the value: the form of the posterior; with a contrast, that this is
  /// taken as independent of the latents.
  public let remainingGap: Double?
  /// Mean effective number of a patch's chains or samples.
  public let effectiveSampleSize: Double?
  /// Mean rate of acceptance.
  public let acceptance: Double?
  /// Of patches simulated from the model, the mean distance between an upper and a lower bound: the
  /// error bar of the chains.
  public let bracketGap: Double?
  /// −log p(x) of the Gaussian with the training patches' covariance and the model's noise.
  public let gaussianNll: Double?
  /// −log p(x) in closed form, with a Gaussian prior.
  public let exact: Double?
  /// Why a number is missing, by its key.
  public let notes: [String: String]

  init(
    _ estimation: LikelihoodEstimation, _ state: LikelihoodState, _ parts: ELBOParts, pixels: Int,
    gaussian: Double?
  ) {
    let count = Double(max(1, state.patches.count))
    func mean(_ value: (LikelihoodState.Patch) -> Double?) -> Double? {
      let values = state.patches.compactMap(value)
      return values.isEmpty ? nil : values.reduce(0, +) / count
    }
    let summary = SampleSummary(of: state.patches.map { -$0.logLikelihood })
    bound = estimation.bound
    patches = state.patches.count
    chains = bound == .ais ? estimation.sampling.chains : nil
    temperatures = bound == .ais ? estimation.sampling.temperatures : nil
    samples = bound == .iwae ? estimation.samples : nil
    negativeLogEvidence = summary.mean
    negativeLogEvidenceLow = summary.interval?.lowerBound ?? summary.mean
    negativeLogEvidenceHigh = summary.interval?.upperBound ?? summary.mean
    bitsPerPixel = summary.mean / Double.log(2) / Double(pixels)
    negativeElbo = parts.negativeELBO
    amortizationGap = parts.amortization
    independenceGap = parts.independence
    let known = (parts.amortization ?? 0) + (parts.independence ?? 0)
    remainingGap = bound == .elbo ? nil : parts.negativeELBO - known - summary.mean
    effectiveSampleSize = mean(\.effectiveSampleSize)
    acceptance = mean(\.acceptance)
    bracketGap = state.gaps.isEmpty ? nil : state.gaps.reduce(0, +) / Double(state.gaps.count)
    gaussianNll = gaussian
    exact = parts.exact
    var notes = parts.notes
    let others: [(LikelihoodBound, String, [String])] = [
      (.ais, "of chains alone", ["chains", "temperatures", "acceptance", "bracketGap"]),
      (.iwae, "of the importance-weighted bound alone", ["samples"]),
    ]
    for (own, reason, keys) in others where bound != own {
      for key in keys { notes[key] = reason }
    }
    if bound == .elbo {
      notes["effectiveSampleSize"] = "nothing is weighted"
      notes["remainingGap"] = "−log p(x) is not known: --bound ais"
    }
    if gaussian == nil { notes["gaussianNll"] = "there are no training patches to fit it to" }
    self.notes = notes
  }
}

extension LikelihoodEstimate {
  /// What the command prints.
  public var table: String {
    func nats(_ value: Double?) -> String { value.map { String(format: "%.2f nats", $0) } ?? "–" }
    func row(_ title: String, _ key: String, _ value: Double?, _ meaning: String) -> [String] {
      [title, nats(value), value == nil ? notes[key] ?? "" : meaning]
    }
    let title = [.ais: "−log p(x)", .iwae: "IWAE", .elbo: "−ELBO"][bound] ?? ""
    var rows = [
      [
        title, nats(negativeLogEvidence),
        String(
          format:
            "%.2f to %.2f (95 %%) over %d patches; %.3f bits per pixel, of patches as the model "
            + "sees them", negativeLogEvidenceLow, negativeLogEvidenceHigh, patches, bitsPerPixel),
      ]
    ]
    if bound != .elbo { rows.append(["−ELBO", nats(negativeElbo), "of the same patches"]) }
    rows += [
      row(
        "encoder", "amortizationGap", amortizationGap,
        "of −ELBO: what the best answer for each patch would gain"),
      row(
        "independence", "independenceGap", independenceGap,
        "of −ELBO: what a covariance of latents would gain beyond that"),
      row("rest", "remainingGap", remainingGap, "of −ELBO: the posterior’s form"),
      row(
        "bracket", "bracketGap", bracketGap,
        "upper − lower bound on patches simulated from the model: the chains’ error bar"),
    ]
    if let chains, let temperatures {
      rows.append([
        "chains", "\(chains)",
        String(
          format: "of %d temperatures; worth %.1f, %.0f %% accepted", temperatures,
          effectiveSampleSize ?? 0, 100 * (acceptance ?? 0)),
      ])
    }
    if let samples {
      rows.append([
        "samples", "\(samples)", String(format: "worth %.1f", effectiveSampleSize ?? 0),
      ])
    }
    rows += [
      row(
        "Gaussian", "gaussianNll", gaussianNll,
        "with the training patches’ whole covariance and this noise"),
      row("exact", "exact", exact, "in closed form, as the prior is Gaussian"),
    ]
    return TextTable(rows: rows, alignment: [.left, .right, .left]).text
  }

  /// That chains are too short, or samples too few; nil where they are not.
  public var warning: String? {
    if let bracketGap, bracketGap > 1 {
      return String(
        format: "the bracket is %.1f nats wide: −log p(x) may be as much too large; give more "
          + "--temperatures", bracketGap)
    }
    if let samples, let worth = effectiveSampleSize, samples > 1, worth < 2 {
      return String(
        format: "%d samples are worth %.1f: a few carry all the weight, and −log p(x) is well "
          + "below; try --bound ais", samples, worth)
    }
    return nil
  }

  /// One JSON object; what does not apply is null, and `notes` tells why.
  public func json() throws -> String {
    let data = try JSONEncoder().encode(self)
    var object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    for key in notes.keys where object[key] == nil { object[key] = NSNull() }
    return try jsonText(object)
  }
}
