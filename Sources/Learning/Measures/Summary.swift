import Evaluation
import Foundation

/// A run's evaluation as one flat object of numbers, the same for people, scripts and tables.
public struct Summary: Hashable, Sendable {
  /// Values by the names of their measures; nil for undefined ones.
  private var values: [String: Double?]

  /// Every measure that such a model has.
  public init(_ evaluation: FilterEvaluation) {
    values = [:]
    for measure in Measure.all where measure.places.contains(.evaluation) {
      guard let value = measure.source.value(evaluation) else { continue }
      values[measure.name] = .some(value)
      if let threshold = measure.threshold {
        values["\(measure.name)Threshold"] = threshold(evaluation.active.thresholds)
      }
    }
  }

  /// The value of a measure; nil where it is undefined, or not one of this model.
  public subscript(name: String) -> Double? { values[name] ?? nil }

  /// The same of a count.
  package func count(_ name: String) -> Int? { self[name].map { Int($0) } }

  /// K, the number of filters.
  package var latents: Int { count("latents") ?? count("atoms") ?? 0 }

  /// Number of active filters.
  package var activeFilters: Int { count("activeFilters") ?? 0 }

  /// How well patches are explained, in a few words.
  package var quality: String {
    var parts: [String] = []
    if let elbo = self["elbo"] { parts.append(String(format: "−ELBO %.2f nats", -elbo)) }
    if let objective = self["objective"] {
      parts.append(String(format: "lasso objective %.2f", objective))
    }
    if let decibels = self["snrDecibels"] { parts.append(String(format: "SNR %.2f dB", decibels)) }
    if self["elbo"] == nil, let l0 = self["l0"] { parts.append(String(format: "L0 %.1f", l0)) }
    return parts.joined(separator: ", ")
  }

  /// "101 informative": how many latents are used, of a dictionary by any test patch.
  package var usedFilters: String? {
    count("informative").map { "\($0) informative" } ?? count("dead").map { "\(latents - $0) used" }
  }

  /// "101 informative; 98 noise-like, 3 single pixels": what active filters are and others are not.
  package var reasons: String {
    let looks = [("noiseLike", "noise-like"), ("spikes", "single pixels")].compactMap {
      name, title in
      count(name).map { "\($0) \(title)" }
    }
    let duplicates = count("dead").flatMap { _ in count("duplicates") }.map { "\($0) duplicates" }
    return [usedFilters, (looks + [duplicates].compactMap { $0 }).joined(separator: ", ")]
      .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// What came of the learning, in one line, with why filters are not active.
  public var headline: String {
    let reasons = reasons.isEmpty ? "" : " (\(reasons))"
    return "\(activeFilters) of \(latents) filters are active\(reasons); test \(quality)"
  }

  /// One flat JSON object; undefined measures are null.
  public func json() throws -> String {
    let counts = Set(Measure.all.filter(\.isCount).map(\.name))
    return try jsonText(
      values.reduce(into: [String: Any]()) { object, entry in
        guard let value = entry.value, value.isFinite else {
          object[entry.key] = NSNull()
          return
        }
        object[entry.key] = counts.contains(entry.key) ? Int(value) as Any : value
      })
  }

  /// The same for people: title, value and meaning, line by line.
  public var table: String {
    let sizes = Set(Measure.size.map(\.name))
    return TextTable(
      rows: Measure.all.compactMap { measure in
        guard let value = values[measure.name] else { return nil }
        let suffix =
          measure.isCount && !sizes.contains(measure.name)
          ? " of \(latents)" : measure.unit.map { " \($0)" } ?? ""
        let text = value.map { (measure.isCount ? "\(Int($0))" : measure.text($0)) + suffix }
        // What follows a semicolon is for the glossary.
        let meaning = measure.meaning.prefix { $0 != ";" }
        return [measure.title, text ?? "undefined", String(meaning)]
      }, alignment: [.left, .right, .left]
    ).text
  }
}

/// Coded as the object itself.
extension Summary: Codable {
  public init(from decoder: any Decoder) throws {
    values = try [String: Double?](from: decoder)
  }

  public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}

/// An object of `JSONSerialization`'s as text with sorted keys.
package func jsonText(_ object: Any) throws -> String {
  let data = try JSONSerialization.data(
    withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  return String(decoding: data, as: UTF8.self)
}
