import Distributions
import LatentVariableModels
import RealModule
import Settings

// Posteriors with atoms, exact zeros or counts: what they need, and what does not go with them.
extension SparseVAEConfiguration.ModelSettings {
  /// Whether the prior has a share of latents that are not zero.
  var hasActiveShare: Bool { (try? prior.type) is any PriorWithSpike.Type }
}

extension SparseVAEConfiguration {
  /// The posterior with atoms that is asked for, by its name or by that of its prior.
  var posteriorWithAtom: PosteriorFamily? {
    if model.posterior.hasAtom { return model.posterior }
    return PosteriorFamily.allCases.first { $0.priorsWithAtom.contains(model.prior) }
  }

  /// The defaults for photographs of a posterior with atoms: what docs/ExactZeros.md reports on.
  mutating func takeAtoms(of posterior: PosteriorFamily) {
    model.posterior = posterior
    model.prior = posterior.priorsWithAtom.first ?? model.prior
    model.noiseLogScale = -1
    training.learnsActiveShare = posterior == .spikeAndSlab
    switch posterior {
    case .spikeAndSlab: model.priorScale = 0.7
    case .poisson:
      model.latents = 400
      model.constraint = .none
      // Rates are exponentials: a single patch can have a gradient that is far too long.
      training.clippingNorm = 20
    default:
      // A threshold that filters of unit norm could use would leave no latent active.
      model.priorScale = 0.1
      model.constraint = .none
    }
  }

  /// - Throws: a `SettingError` where a posterior is with a prior that it cannot go with, or something
  ///   is said of atoms that there are not.
  func checkAtoms() throws(SettingError) {
    let (posterior, prior) = (model.posterior, model.prior)
    if !posterior.goes(with: prior) {
      throw SettingError(
        "model.prior is \(prior.rawValue), and the posterior is \(posterior.rawValue)",
        expected: expectation)
    }
    if model.priorShape?[activeShareParameter.name] != nil {
      throw SettingError(
        "model.priorShape says activeShare", expected: "model.activeShare (--active-share)")
    }
    if training.learnsActiveShare, posterior != .spikeAndSlab {
      throw SettingError(
        "training.learnsActiveShare is true, and the posterior is \(posterior.rawValue)",
        expected:
          "model.posterior spike-and-slab (--posterior spike-and-slab), the one whose active "
          + "share is a number of its own")
    }
    guard posterior.hasAtom else { return }
    if model.likelihood == .sampled {
      throw SettingError(
        "model.likelihood is sampled, and the posterior is \(posterior.rawValue)",
        expected: "exact: nothing of a posterior with exact zeros or counts is sampled")
    }
    if model.scalePerLatent {
      throw SettingError(
        "model.scalePerLatent is true, and the posterior is \(posterior.rawValue)",
        expected: "false: latents with exact zeros share one scale, and counts have rates")
    }
    if posterior == .poisson, training.learnsPriorScale {
      throw SettingError(
        "training.learnsPriorScale is true, and the posterior is poisson",
        expected:
          "false: its prior has a rate for each latent, which is always learned, and a spike "
          + "size that is fixed")
    }
    if !model.encoder.mean.isEmpty, posterior != .thresholdedLaplace,
      posterior != .thresholdedGaussian
    {
      throw SettingError(
        "model.encoder.mean has layers, and the posterior is \(posterior.rawValue)",
        expected: "none: branches for a mean and a log scale have no place for its numbers")
    }
  }

  private var expectation: String {
    let (posterior, prior) = (model.posterior, model.prior)
    if posterior.hasAtom {
      return "one of its priors: "
        + posterior.priorsWithAtom.map(\.rawValue).joined(separator: ", ")
    }
    let others = PosteriorFamily.allCases.filter { $0.goes(with: prior) }.map(\.rawValue)
    let renamed =
      prior == .spikeAndSlab
      ? "; the prior with a smooth spike, which had this name before, is smooth-spike-and-slab" : ""
    return "a posterior that can be exactly there: \(others.joined(separator: ", "))\(renamed)"
  }
}
