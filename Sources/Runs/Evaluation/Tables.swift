import Distributions
import Filters
import Foundation
import ImageData

extension RunConfiguration {
  public func header(pixels: Int, kind: PatchKind) -> String {
    let sigma = Foundation.exp(model.noiseLogScale)
    let encoder =
      model.encoder.mean.isEmpty
      ? ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + "–2·\(model.latents)"
      : ([pixels] + model.encoder.trunk).map(String.init).joined(separator: "–")
        + ", then \(model.encoder.mean) and \(model.encoder.logScale)"
    var lines: [(label: String, text: String)] = [
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
    lines += warnings(pixels: pixels).map { (label: "warning", text: $0) }
    return aligned(lines, labelWidth: 14)
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
    var table = SummaryTable(filters: latents)
    table.add("patches", "\(patches)")
    table.add("ELBO", nats(elbo))
    table.add("−log-likelihood", nats(negativeLogLikelihood))
    table.add("KL divergence", nats(kl))
    table.add("SNR", String(format: "%.3f dB", snrDecibels))
    table.add(
      "λ = σ²/s", String(format: "%.3f  (σ = %.4f, s = %.4f)", lambda, noiseScale, priorScale))
    table.add("temperature", SummaryTable.number(temperature))
    table.add("active filters", activeFilters, "informative, not noise-like, no spike")
    table.add(
      "informative", informative, "½·log(1 + Var μ / E τ²) > \(informativeThreshold) nats")
    table.add("strong", strong, "Var μ / E τ² > \(strongThreshold)")
    table.add("active units", activeUnits, "Var μ > \(activeUnitsThreshold)")
    table.add(
      "  scale-free", activeUnitsScaleFree,
      "Var μ / Var prior > \(activeUnitsScaleFreeThreshold)")
    table.add(
      "KL-active", klActive,
      String(format: "KL > \(klActiveThreshold) nats (floor %.4f)", klActiveFloor))
    table.addAppearance(of: self)
    table.add("L0", String(format: "%.2f latents per patch", l0))
    table.addSparsity(of: self)
    return table.text
  }

  /// What came of the training, in one line.
  public var headline: String {
    "\(activeFilters) of \(latents) filters are active; test −ELBO "
      + String(format: "%.2f nats, SNR %.2f dB", -elbo, snrDecibels)
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
