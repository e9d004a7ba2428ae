import Evaluation
import Foundation

extension Measure {
  /// "52.3 ± 3.1"; "–" where there is none.
  package func text(_ summary: SampleSummary?) -> String {
    guard let summary else { return "–" }
    return text(summary.mean) + (summary.halfWidth.map { " ± \(text($0))" } ?? "")
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
  package var low: Double? { halfWidth.map { mean - $0 } }
  package var high: Double? { halfWidth.map { mean + $0 } }
}
