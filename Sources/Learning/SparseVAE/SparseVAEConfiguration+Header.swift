import Foundation
import ImageData

extension SparseVAEConfiguration {
  public func header(pixels: Int, kind: PatchKind) -> String {
    let sigma = Foundation.exp(model.noiseLogScale)
    let encoder =
      model.encoder.mean.isEmpty
      ? ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + "–\(heads)\(model.latents)"
      : ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + ", then \(model.encoder.mean) and \(model.encoder.logScale)"
    var lines: [(label: String, text: String)] = [
      (
        "model",
        "\(model.latents) latents; \(model.prior.rawValue) prior, \(model.posterior.rawValue) "
          + "posterior\(model.contrast ? " and contrast" : "")\(atoms); encoder \(encoder)"
      ),
      ("likelihood", likelihood),
    ]
    if let parts { lines.append((label: "two parts", text: parts)) }
    lines += [
      ("constraint", model.constraint.rawValue + (hasTangent ? ", tangent gradient" : "")),
      model.posterior.hasAtom
        ? ("scales", String(format: "σ = %.3g", sigma) + slabScale)
        : (
          "λ",
          String(
            format: "%.3g = σ²/s with σ = %.3g, s = %.3g; temperature %.3g", sparsityWeight, sigma,
            model.priorScale, temperature(pixels: pixels))
        ),
      (
        "training",
        "\(training.epochs) \(training.epochs == 1 ? "epoch" : "epochs") of batches of "
          + "\(training.batchSize); defaults for "
          + (kind == .cut ? "patches of images" : "small images")
      ),
    ]
    if let start = model.initFrom { lines.append((label: "start", text: "the model of \(start)")) }
    lines += warnings(pixels: pixels).map { (label: "warning", text: $0) }
    return labelled(lines)
  }

  /// What training does first and last, where its posterior comes late.
  private var parts: String? {
    let share = training.structuredFrom
    guard model.posterior == .structured, share > 0 else { return nil }
    let scales =
      training.scalesFrom == share && training.learnsPriorScale
      ? ", and the prior's scale is learned" : ""
    return String(
      format: "independent latents at first; from %.3g %% of training on the posterior has its "
        + "covariance%@", 100 * share, scales)
  }

  private var slabScale: String {
    model.posterior == .poisson ? "" : String(format: ", s = %.3g", model.priorScale)
  }

  private var atoms: String {
    if model.posterior == .poisson { return String(format: ", spikes of %.3g", model.spikeSize) }
    if !model.hasActiveShare { return "" }
    return String(format: ", %.3g %% of latents active", 100 * model.activeShare)
      + (training.learnsActiveShare ? " (learned)" : "")
  }

  private var likelihood: String {
    model.likelihood == .exact
      ? "exact" : "sampled, \(training.samples) \(training.samples == 1 ? "sample" : "samples")"
  }

  /// "2·": numbers that the encoder gives for a latent.
  private var heads: String {
    switch model.posterior {
    case .spikeAndSlab: "3·"
    case .poisson: ""
    default: "2·"
    }
  }

  private var hasTangent: Bool { model.constraint == .unitNorm && model.tangent }
}
