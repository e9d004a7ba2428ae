import Compute
import RealModule

// The prior's numbers beside its scale.
extension ReferenceStep {
  /// The further number of a latent's prior; nil where it has none.
  func number(of latent: Int) -> Double? {
    model.parts.latents.priorNumber.flatMap { values[$0.name]?[$0.isShared ? 0 : latent] }
  }

  /// Adds to that number's gradient.
  mutating func addNumberSlope(_ slope: Double, of latent: Int) {
    guard let number = model.parts.latents.priorNumber else { return }
    gradient[number.name]?[number.isShared ? 0 : latent] += slope
  }

  /// The gradient by logit γ₀, which is then 0 where it is not followed; nil where there is none.
  mutating func holdShare(unless isFollowed: Bool) -> Double? {
    guard let number = model.parts.latents.priorNumber, number.isShared else { return nil }
    let slope = gradient[number.name]?[0]
    if !isFollowed || !settings.learnsActiveShare { gradient[number.name] = [0] }
    return slope
  }

  /// Empirical Bayes for s and γ₀: the scale of those latents that are not zero, and their share.
  mutating func refitShare(
    _ slope: Double, _ shareSlope: Double?, learnsScale: Bool, learnsShare: Bool
  ) {
    guard let shareSlope, let name = model.parts.latents.priorNumber?.name,
      let logit = values[name]?[0], let logScale = values["prior_log_scale"]?[0]
    else { return }
    let latents = Double(model.layout.latents)
    let active = latents / (1 + .exp(-logit)) - shareSlope
    if learnsScale {
      values["prior_log_scale"] = [
        Double(PriorScaleFit.refitted(Float(logScale), slope: slope / active))
      ]
    }
    if learnsShare {
      values[name] = [
        Double(PriorScaleFit.refitted(shareLogit: Float(logit), share: active / latents))
      ]
    }
  }
}
