import Compute
import Distributions
import Evaluation
import LatentVariableModels

/// A model as importance sampling knows it: noise that is the same in all directions, and latents of
/// one scale, u = z·s/sₖ.
struct EvidenceTarget: Sendable {
  let decoder: LinearGaussianDecoder
  /// −log p(x) less that of the patches as the decoder has them.
  var logDeterminant: Double { isotropic.logDeterminant }
  private let isotropic: IsotropicDecoder
  /// sₖ/s; nil where latents share one scale.
  private let scales: [Float]?

  init(_ model: SparseVAE) {
    isotropic = model.isotropicDecoder
    scales = model.relativePriorScales
    var filters = isotropic.filters
    if let scales {
      for index in filters.elements.indices {
        filters.elements[index] *= scales[index / filters.columns]
      }
    }
    decoder = LinearGaussianDecoder(
      filters: filters, bias: isotropic.bias, noiseVariance: isotropic.noiseVariance,
      contrast: model.contrast)
  }

  /// Patches, `[N, pixels]`, as the decoder has them.
  func patches(_ patches: Matrix) -> Matrix { isotropic.whitened(patches) }

  /// q(u | x) of each patch, to draw from.
  ///
  /// - Throws: a `RunError` where the posterior is neither independent of a density nor structured.
  func proposals(
    _ inference: Inference, _ patches: Matrix
  ) throws -> [ImportanceSampling.Posterior] {
    let model = inference.model
    func scale(_ latent: Int) -> Double { Double(scales?[latent] ?? 1) }
    switch model.configuration.posterior {
    case .structured:
      let variances = inference.priorVariances(of: patches)
      return (0..<patches.rows).map { row in
        .structured(
          variances: variances.row(row).enumerated().map {
            Double($1) / (scale($0) * scale($0))
          })
      }
    case .gaussian, .laplace:
      let (found, noise) = (inference.encode(patches), model.parts.latents.noise)
      return (0..<patches.rows).map { row in
        .independent(
          mean: found.mean.row(row).enumerated().map { Double($1) / scale($0) },
          scale: found.logScale.row(row).enumerated().map { Double.exp(Double($1)) / scale($0) },
          noise: noise)
      }
    default:
      throw RunError(
        "the posterior is \(model.configuration.posterior.rawValue), which has no density",
        remedy: "expected gaussian, laplace or structured")
    }
  }
}
