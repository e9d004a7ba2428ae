import Compute

/// log p(x|z) of one observation x as a function of the latents z.
public protocol LatentLikelihood: Sendable {
  /// Number of latents, K.
  var latents: Int { get }
  /// −∂² log p(x|z)/∂zₖ² for each latent, or a typical size of it; steps of samplers are measured
  /// by it.
  var curvatures: [Double] { get }
  /// Writes log p(x|z) in nats for each row of `codes`, `[chains, latents]`.
  func logLikelihoods(of codes: Matrix, into values: inout [Double])
  /// Writes ∂ log p(x|z)/∂z for each row of `codes` into `scores`, both `[chains, latents]`.
  func scores(of codes: Matrix, into scores: inout Matrix)
}
