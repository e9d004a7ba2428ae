import Compute

/// What the definitions of an active latent need to know of the posterior, per latent, over a set
/// of observations x.
///
/// Arrays have one element per latent k; variances are in the latents' squared unit, divergences in
/// nats.
public struct PosteriorStatistics: Hashable, Sendable, Codable {
  /// Number of observations that the averages run over.
  public let observations: Int
  /// Var_x(μₖ): how much the posterior mean moves with the observation (divided by the number of
  /// observations, not by one less).
  public let meanVariance: [Double]
  /// E_x[τₖ²]: the average posterior variance.
  public let posteriorVariance: [Double]
  /// E_x[KLₖ].
  public let divergence: [Double]
  /// E_x[KLₖ at μₖ = 0 with the same τₖ]: what a latent pays that says nothing but is narrow.
  public let idleDivergence: [Double]

  /// Number of latents, K.
  public var latents: Int { meanVariance.count }

  /// Statistics that were computed elsewhere, one number a latent.
  public init(
    observations: Int, meanVariance: [Double], posteriorVariance: [Double], divergence: [Double],
    idleDivergence: [Double]
  ) {
    let counts = [posteriorVariance.count, divergence.count, idleDivergence.count]
    precondition(
      counts.allSatisfy { $0 == meanVariance.count },
      "statistics of \(meanVariance.count) and of \(counts) latents")
    self.observations = observations
    self.meanVariance = meanVariance
    self.posteriorVariance = posteriorVariance
    self.divergence = divergence
    self.idleDivergence = idleDivergence
  }
}
