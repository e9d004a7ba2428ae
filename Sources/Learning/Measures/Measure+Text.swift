import Evaluation
import Foundation

extension Measure {
  /// "52.3 ± 3.1"; "52.3 (50–54)" of two values or at the bounds of what is possible; "–" where there
  /// is none.
  package func text(_ summary: SampleSummary?) -> String {
    guard let summary else { return "–" }
    return text(summary.mean) + (spread(of: summary).map { " \($0)" } ?? "")
  }

  /// "± 3.1" or "(50–54)"; nil where nothing is known of it.
  package func spread(of summary: SampleSummary) -> String? {
    guard let interval = summary.interval, let half = summary.halfWidth else { return nil }
    let isWhole =
      summary.count > 2 && interval.lowerBound == summary.mean - half
      && interval.upperBound == summary.mean + half
    if isWhole { return "± \(text(half))" }
    let ends = (text(interval.lowerBound), text(interval.upperBound))
    return ends.0 == ends.1 ? nil : "(\(ends.0)\(ends.0.hasPrefix("−") ? " to " : "–")\(ends.1))"
  }

  /// A single run's number; "–" where there is none.
  package func text(ofRun value: Double?) -> String {
    guard let value else { return "–" }
    return isCount ? "\(Int(value))" : text(value)
  }

  /// A number with the measure's decimals.
  package func text(_ value: Double) -> String {
    let text = String(format: "%.\(decimals)f", abs(value))
    let isZero = text.allSatisfy { "0.".contains($0) }
    return value < 0 && !isZero ? "−" + text : text
  }
}

extension SampleSummary {
  /// The interval's ends; nil for a single measurement.
  package var low: Double? { interval?.lowerBound }
  package var high: Double? { interval?.upperBound }
}
