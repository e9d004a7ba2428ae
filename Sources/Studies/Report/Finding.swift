import Evaluation
import Foundation
import Learning

/// What a study found, in sentences that follow the numbers, whichever way they point.
struct Finding {
  let contrast: StudyContrast

  /// "With unit norm, 167.3 of 169 filters are active; with no constraint, 52.0 of 169. …"
  var text: String {
    guard let row = contrast.main else { return "No run was finished in both conditions." }
    var sentences = [statement(row), difference(row)]
    if let verdict = verdict(row) { sentences.append(verdict) }
    if row.measure.name != "gaborLike", let gabor = contrast.row("gaborLike") {
      sentences.append(
        "Gabor-like are \(gabor.measure.text(gabor.to.mean)) filters against "
          + gabor.measure.text(gabor.from.mean)
          + (gabor.test.map { " (\(Self.statistics($0)))." } ?? "."))
    }
    return sentences.joined(separator: " ")
  }

  private func statement(_ row: StudyContrast.Row) -> String {
    let (to, from) = (contrast.to, contrast.from)
    let (toMean, fromMean) = (row.measure.text(row.to.mean), row.measure.text(row.from.mean))
    if row.measure.name == "activeFilters" {
      let used = contrast.row("informative").map { informative in
        [informative.to, informative.from].map { " (\(row.measure.text($0.mean)) informative)" }
      }
      return
        "With \(to.title), \(toMean) of \(to.configuration.method.latents) filters are active"
        + "\(used?[0] ?? ""); with \(from.title), \(fromMean) of "
        + "\(from.configuration.method.latents)\(used?[1] ?? "")."
    }
    return "\(row.measure.heading): \(toMean) with \(to.title), \(fromMean) with \(from.title)."
  }

  private func difference(_ row: StudyContrast.Row) -> String {
    guard let test = row.test else {
      return "More seeds are needed to say how sure that is."
    }
    let difference = test.difference.mean
    let amount =
      difference == 0
      ? "No difference"
      : "That is \(row.measure.text(abs(difference))) \(difference > 0 ? "more" : "less")"
    return "\(amount), over \(contrast.pairs) pairs of runs of one seed each "
      + "(\(Self.statistics(test)))."
  }

  private func verdict(_ row: StudyContrast.Row) -> String? {
    guard let test = row.test, let expected = contrast.contrast.expects else { return nil }
    if test.pValue >= 0.05 {
      return "That is not a reliable difference: the claim is neither shown nor refuted here."
    }
    return (test.difference.mean > 0) == (expected == .more)
      ? "This agrees with the claim." : "This contradicts the claim."
  }

  /// "95 % interval 101.2 to 128.9, p < 0.001, d = 12.3"
  static func statistics(_ test: PairedTTest) -> String {
    var parts: [String] = []
    if let low = test.difference.low, let high = test.difference.high {
      let name =
        test.difference.count == 2 ? "the differences are" : "95 % interval of the difference"
      let format = test.difference.count == 2 ? "%.1f and %.1f" : "%.1f to %.1f"
      parts.append(
        "\(name) "
          + String(format: format, low, high)
          .replacingOccurrences(of: "-", with: "−"))
    }
    parts.append("p " + (test.pValue < 0.001 ? "" : "= ") + probability(test.pValue))
    if let effect = effect(test) { parts.append("effect size d = \(effect)") }
    return parts.joined(separator: ", ")
  }

  /// "0.013"; "< 0.001"
  static func probability(_ p: Double) -> String {
    p < 0.001 ? "< 0.001" : String(format: "%.3f", p)
  }

  /// Cohen's d_z; nil where it is undefined.
  static func effect(_ test: PairedTTest) -> String? {
    guard let d = test.cohensD else { return nil }
    return d.isFinite
      ? String(format: "%.1f", d).replacingOccurrences(of: "-", with: "−") : d > 0 ? "∞" : "−∞"
  }
}
