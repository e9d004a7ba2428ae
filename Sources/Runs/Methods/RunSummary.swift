import Foundation

/// What is measured of filters, however they were learned.
protocol FilterSummary: Codable, Hashable, Sendable {
  /// K, the number of filters.
  var latents: Int { get }
  var snrDecibels: Double { get }
  var lambda: Double { get }
  var activeFilters: Int { get }
  var spikes: Int { get }
  var spikesThreshold: Double { get }
  var duplicates: Int { get }
  var duplicatesThreshold: Double { get }
  var noiseLike: Int { get }
  var noiseLikeThreshold: Double { get }
  /// nil where no Gabor functions were fitted.
  var gaborLike: Int? { get }
  var gaborLikeThreshold: Double { get }
  var gaborLikeStrict: Int? { get }
  var gaborLikeStrictThreshold: Double { get }
  var gaborMedianRSquared: Double? { get }
  /// Mean number of codes of a patch above a tenth of the codes' root mean square.
  var significantCodes: Double { get }
  var kurtosis: Double? { get }
  var hoyer: Double? { get }
  /// How well patches are explained, in a few words.
  var quality: String { get }
}

/// A finished run's numbers: a model's or a dictionary's. What both have is there by name.
@dynamicMemberLookup
enum RunSummary: Hashable, Sendable {
  case model(EvaluationSummary)
  case dictionary(DictionarySummary)

  subscript<Value>(dynamicMember path: KeyPath<any FilterSummary, Value>) -> Value {
    common[keyPath: path]
  }

  private var common: any FilterSummary {
    switch self {
    case .model(let summary): summary
    case .dictionary(let summary): summary
    }
  }

  /// What only models have; nil for a dictionary.
  var model: EvaluationSummary? {
    if case .model(let summary) = self { summary } else { nil }
  }

  /// What only dictionaries have; nil for a model.
  var dictionary: DictionarySummary? {
    if case .dictionary(let summary) = self { summary } else { nil }
  }
}

/// Coded as the numbers themselves; a dictionary's have the key `atoms`.
extension RunSummary: Codable {
  private enum Key: CodingKey { case atoms }

  init(from decoder: any Decoder) throws {
    let isDictionary = try decoder.container(keyedBy: Key.self).contains(.atoms)
    self =
      isDictionary
      ? .dictionary(try DictionarySummary(from: decoder))
      : .model(try EvaluationSummary(from: decoder))
  }

  func encode(to encoder: any Encoder) throws { try common.encode(to: encoder) }
}

extension EvaluationSummary: FilterSummary {
  var significantCodes: Double { l0 }
  var quality: String {
    String(format: "−ELBO %.2f nats, SNR %.2f dB", -elbo, snrDecibels)
  }
}

extension DictionarySummary: FilterSummary {
  var latents: Int { atoms }
  var quality: String {
    String(format: "objective %.2f, SNR %.2f dB, L0 %.1f", objective, snrDecibels, l0)
  }
}
