import Foundation
import ImageData

extension RunConfiguration {
  /// What is about to be trained, line by line, and what looks wrong.
  public func header(pixels: Int, kind: PatchKind) -> String {
    let sigma = Foundation.exp(model.noiseLogScale)
    let encoder =
      model.encoder.mean.isEmpty
      ? ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + "–2·\(model.latents)"
      : ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + ", then \(model.encoder.mean) and \(model.encoder.logScale)"
    var lines = [
      (
        "model",
        "\(model.latents) latents; \(model.prior.rawValue) prior, \(model.posterior.rawValue) "
          + "posterior; encoder \(encoder)"
      ),
      ("constraint", model.constraint.rawValue + (hasTangent ? ", tangent gradient" : "")),
      (
        "λ", String(
          format: "%.3g = σ²/s with σ = %.3g, s = %.3g; temperature %.3g", sparsityWeight, sigma,
          model.priorScale, temperature(pixels: pixels))
      ),
      (
        "training",
        "\(training.epochs) epochs of batches of \(training.batchSize); defaults for "
          + (kind == .cut ? "patches of images" : "small images")
      ),
    ]
    lines += warnings(pixels: pixels).map { ("warning", $0) }
    return lines.map { label, text in
      label.padding(toLength: 14, withPad: " ", startingAt: 0) + text
    }.joined(separator: "\n")
  }

  private var hasTangent: Bool { model.constraint == .unitNorm && model.tangent }
}

extension MetricsRow {
  /// Heads the lines of `tableLine`.
  public static let tableHeader =
    "epoch   train −ELBO   validation     NLL       KL   SNR dB   active   informative   seconds"

  /// The epoch as a line of a table.
  public var tableLine: String {
    String(
      format: "%5d %13.2f %12.2f %7.2f %8.2f %8.2f %8d %13d %9.1f", epoch, training.negativeELBO,
      -validation.elbo, validation.negativeLogLikelihood, validation.kl, validation.snrDecibels,
      validation.activeFilters, validation.informative, seconds)
  }
}

extension EvaluationSummary {
  /// One flat JSON object; undefined measures are null.
  public func json() throws -> String { try flatJSON(self) }

  /// The same for people.
  public var table: String {
    func nats(_ value: Double) -> String { String(format: "%.3f nats", value) }
    func count(_ value: Int?, _ rule: String) -> String {
      (value.map { "\($0) of \(latents)" } ?? "undefined").padding(
        toLength: 14, withPad: " ", startingAt: 0) + rule
    }
    func number(_ value: Double?) -> String {
      value.map { String(format: "%.3f", $0) } ?? "undefined"
    }
    let lines: [(String, String)] = [
      ("patches", "\(patches)"),
      ("ELBO", nats(elbo)),
      ("−log-likelihood", nats(negativeLogLikelihood)),
      ("KL divergence", nats(kl)),
      ("SNR", String(format: "%.3f dB", snrDecibels)),
      ("λ = σ²/s", String(format: "%.3f  (σ = %.4f, s = %.4f)", lambda, noiseScale, priorScale)),
      ("temperature", number(temperature)),
      ("active filters", count(activeFilters, "informative, not noise-like, no spike")),
      ("informative", count(informative, "½·log(1 + Var μ / E τ²) > \(informativeThreshold) nats")),
      ("strong", count(strong, "Var μ / E τ² > \(strongThreshold)")),
      ("active units", count(activeUnits, "Var μ > \(activeUnitsThreshold)")),
      (
        "  scale-free",
        count(activeUnitsScaleFree, "Var μ / Var prior > \(activeUnitsScaleFreeThreshold)")
      ),
      (
        "KL-active",
        count(
          klActive,
          String(format: "KL > \(klActiveThreshold) nats (floor %.4f)", klActiveFloor))
      ),
      ("spikes", count(spikes, "participation ratio < \(spikesThreshold) pixels")),
      (
        "noise-like",
        count(
          noiseLike,
          String(format: "as rough as noise (%.0f %% of noise passes)", 100 * noiseLikeThreshold))
      ),
      ("Gabor-like", count(gaborLike, "R² of the best Gabor function > \(gaborLikeThreshold)")),
      (
        "  strictly",
        count(
          gaborLikeStrict,
          "R² ≥ \(gaborLikeStrictThreshold) (median R² \(number(gaborMedianRSquared)))")
      ),
      ("L0", String(format: "%.2f latents per patch", l0)),
      ("kurtosis", number(kurtosis)),
      ("Hoyer sparsity", number(hoyer)),
    ]
    return lines.map { label, text in
      label.padding(toLength: 17, withPad: " ", startingAt: 0) + text
    }.joined(separator: "\n")
  }
}

/// The properties of a value as one flat JSON object; undefined measures are null.
func flatJSON(_ summary: some Any) throws -> String {
  var object: [String: Any] = [:]
  for child in Mirror(reflecting: summary).children {
    guard let name = child.label else { continue }
    let mirror = Mirror(reflecting: child.value)
    let isOptional = mirror.displayStyle == .optional
    let value = isOptional ? mirror.children.first?.value ?? NSNull() : child.value
    object[name] = (value as? Double)?.isFinite == false ? NSNull() : value
  }
  let data = try JSONSerialization.data(
    withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
  return String(decoding: data, as: UTF8.self)
}
