import Evaluation
import Foundation

/// What a study found, in sentences that follow the numbers, whichever way they point.
struct Finding {
  let contrast: StudyContrast

  var html: HTML {
    element("p", ["class": "finding"]) { HTML(text) }
  }

  /// "With unit norm 167.3 of 169 filters are active, with no constraint 52.0: …"
  var text: String {
    guard let active = contrast.row("activeFilters") else {
      return "No run was finished in both conditions."
    }
    let latents = contrast.to.configuration.model.latents
    let measure = active.measure
    let difference = active.to.mean - active.from.mean
    var text =
      "With \(contrast.to.title), \(measure.text(active.to.mean)) of \(latents) filters are "
      + "active; with \(contrast.from.title), \(measure.text(active.from.mean)) of "
      + "\(contrast.from.configuration.model.latents). "
    guard let test = active.test else {
      return text + "This is one pair of runs: more seeds are needed to say how sure that is."
    }
    let isSure = test.pValue < 0.05
    let amount =
      difference == 0
      ? "No difference" : "\(measure.text(abs(difference))) \(difference > 0 ? "more" : "fewer")"
    text += "\(amount), over \(contrast.pairs) pairs of runs of one seed each (\(Self.statistics(test))). "
    if isSure && difference > 0 {
      text += "This agrees with the claim."
    } else if isSure {
      text += "This contradicts the claim."
    } else {
      text += "That is not a reliable difference: the claim is neither shown nor refuted here."
    }
    if let gabor = contrast.row("gaborLike") {
      text +=
        " Gabor-like are \(measure.text(gabor.to.mean)) filters against "
        + "\(measure.text(gabor.from.mean))"
      text += gabor.test.map { " (\(Self.statistics($0)))." } ?? "."
    }
    return text
  }

  /// "95 % interval 101.2 to 128.9, p < 0.001, d = 12.3"
  static func statistics(_ test: PairedTTest) -> String {
    var parts: [String] = []
    if let low = test.difference.low, let high = test.difference.high {
      parts.append(
        String(format: "95 %% interval of the difference %.1f to %.1f", low, high)
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
