import Distributions
import LatentVariableModels
import RealModule

extension SparseVAE {
  /// The heads that the codes' means are made of, of posteriors with exact zeros or counts; nil of
  /// others.
  var headsOfMeans: [String]? {
    switch configuration.posterior {
    case .gaussian, .laplace, .structured: nil
    case .spikeAndSlab: ["mean", "active_logit"]
    case .thresholdedLaplace, .thresholdedGaussian: ["mean", "log_scale"]
    case .poisson: ["log_ratio"]
    }
  }
}

extension ONNXGraph {
  /// `head.…` → `mean`: E z = γμ, and aλ of counts.
  mutating func mean(of model: SparseVAE) {
    switch model.parts.latents {
    case is SpikeAndSlab:
      apply("Sigmoid", ["head.active_logit"], to: "active")
    case let latents as ThresholdedLaplace:
      negativeInverseScale(of: model, threshold: latents.prior.threshold)
      apply("Exp", ["negative_ratio"], to: "active")
    case let latents as ThresholdedGaussian:
      negativeInverseScale(of: model, threshold: latents.prior.threshold / 2.0.squareRoot())
      apply("Erf", ["negative_ratio"], to: "negative_rest")
      constant("one", 1)
      apply("Add", ["negative_rest", "one"], to: "active")
    case is PoissonCounts:
      for tensor in model.namedTensors where tensor.name == "prior_log_rate" { constant(tensor) }
      let range = PoissonCounts.logRateRange
      constant("log_rate.least", range.lowerBound)
      constant("log_rate.greatest", range.upperBound)
      constant("spike_size", Float(model.priorScale))
      apply("Add", ["head.log_ratio", "prior_log_rate"], to: "log_rate.unbounded")
      apply(
        "Clip", ["log_rate.unbounded", "log_rate.least", "log_rate.greatest"], to: "log_rate")
      apply("Exp", ["log_rate"], to: "rate")
      apply("Mul", ["rate", "spike_size"], to: "mean")
      return
    default: return
    }
    apply("Mul", ["head.mean", "active"], to: "mean")
  }

  /// −λ/τ with τ within the model's range.
  private mutating func negativeInverseScale(of model: SparseVAE, threshold: Double) {
    let range = model.configuration.logScaleRange
    constant("log_scale.least", range.lowerBound)
    constant("log_scale.greatest", range.upperBound)
    constant("negative_threshold", Float(-threshold))
    apply(
      "Clip", ["head.log_scale", "log_scale.least", "log_scale.greatest"], to: "log_scale")
    apply("Neg", ["log_scale"], to: "negative_log_scale")
    apply("Exp", ["negative_log_scale"], to: "inverse_scale")
    apply("Mul", ["inverse_scale", "negative_threshold"], to: "negative_ratio")
  }
}
