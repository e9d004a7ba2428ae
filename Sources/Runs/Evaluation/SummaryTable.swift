import Foundation

/// A summary for people: a label, a value and what it counts, line by line.
struct SummaryTable {
  /// K
  private let filters: Int
  private var lines: [(label: String, text: String)] = []

  init(filters: Int) { self.filters = filters }

  mutating func add(_ label: String, _ text: String) { lines.append((label, text)) }

  /// A count of filters and its rule.
  mutating func add(_ label: String, _ count: Int?, _ rule: String) {
    let text = count.map { "\($0) of \(filters)" } ?? "undefined"
    add(label, text.padding(toLength: 14, withPad: " ", startingAt: 0) + rule)
  }

  /// What is measured of the filters themselves, however they were learned.
  mutating func addAppearance(of summary: some FilterSummary) {
    add("duplicates", summary.duplicates, "|cosine| > \(summary.duplicatesThreshold)")
    add("spikes", summary.spikes, "participation ratio < \(summary.spikesThreshold) pixels")
    add(
      "noise-like", summary.noiseLike,
      String(
        format: "no more structure than noise (%.0f %% of noise passes)",
        100 * summary.noiseLikeThreshold))
    add(
      "Gabor-like", summary.gaborLike,
      "R² of the best Gabor function > \(summary.gaborLikeThreshold)")
    add(
      "  strictly", summary.gaborLikeStrict,
      "R² ≥ \(summary.gaborLikeStrictThreshold) "
        + "(median R² \(Self.number(summary.gaborMedianRSquared)))")
  }

  /// What is measured of the codes' distribution.
  mutating func addSparsity(of summary: some FilterSummary) {
    add("kurtosis", Self.number(summary.kurtosis))
    add("Hoyer sparsity", Self.number(summary.hoyer))
  }

  /// Three decimals; a word where it is undefined.
  static func number(_ value: Double?) -> String {
    value.map { String(format: "%.3f", $0) } ?? "undefined"
  }

  var text: String { aligned(lines, labelWidth: 17) }
}

/// Lines of texts behind labels of equal width.
func aligned(_ lines: [(label: String, text: String)], labelWidth: Int) -> String {
  lines.map { label, text in
    label.padding(toLength: labelWidth, withPad: " ", startingAt: 0) + text
  }.joined(separator: "\n")
}
