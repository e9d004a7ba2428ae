import Distributions
import RealModule

extension SparseVAE {
  /// The prior at its present scale `priorScale`; of latents with rates of their own, that of the mean
  /// rate.
  public var prior: any Prior {
    let rates = layout.priorNumbers.map { $0.places.map { Double.exp(Double(parameters[$0])) } }
    return prior(logRate: rates.map { .log($0.reduce(0, +) / Double($0.count)) }, scale: priorScale)
  }

  /// The prior of one latent.
  public func prior(of latent: Int) -> any Prior {
    prior(logRate: priorNumber(of: latent), scale: priorScale(of: latent))
  }

  /// γ₀, the share of latents that are not zero; nil where none is.
  public var activeShare: Double? { (prior as? any PriorWithSpike)?.activeShare }

  /// The prior's further number of a latent; nil where it has none.
  func priorNumber(of latent: Int) -> Double? {
    layout.priorNumbers.map { numbers in
      let index = numbers.places.count == 1 ? 0 : latent
      return Double(parameters[numbers.places.lowerBound + index])
    }
  }

  private func prior(logRate: Double?, scale: Double) -> any Prior {
    switch (parts.latents, configuration.prior) {
    case (let thresholded as ThresholdedLaplace, _):
      return SpikeAndSlabPrior(
        scale: scale, activeShare: .exp(-thresholded.prior.threshold / scale).asShare)
    case (let thresholded as ThresholdedGaussian, _):
      return ThresholdedGaussianPrior(
        scale: scale,
        activeShare: .erfc(thresholded.prior.threshold / scale / .sqrt(2)).asShare)
    case (_, let prior as any PriorWithSpike):
      let logit = priorNumber(of: 0) ?? 0
      return prior.scaled(to: scale).with(
        activeShare: (1 / (1 + .exp(-logit))).asShare)
    case (_, let prior as PoissonPrior):
      return PoissonPrior(scale: scale, logRate: logRate ?? prior.logRate)
    case (_, let prior): return prior.scaled(to: scale)
    }
  }
}

extension Double {
  /// Between 0 and 1, where rounding would make it one of them.
  fileprivate var asShare: Double { min(max(self, 1e-12), 1 - 1e-12) }
}
