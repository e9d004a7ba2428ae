import RealModule

/// Gaussian noise of a variance for each principal direction of the patches, as an engine works on
/// it.
///
/// With the directions as the rows of E and noise of deviation σe^ρ along each, patches and filters
/// times W = Eᵀ·diag(e^−ρ) have noise of the one deviation σ: all that knows isotropic noise is
/// computed there.
public struct NoiseWeights: Hashable, Sendable {
  /// Φ and b, in pixels.
  package let filters: DenseWeights
  /// Ψ = ΦW and bW.
  package let whitened: DenseWeights
  /// W `[pixels, directions]`, and zeros for a bias.
  package let matrix: DenseWeights
  /// The place of E, `[directions, pixels]`: a row for each pixel, of which those of directions that
  /// are left out are 0.
  package let directions: Int
  /// The place of λ, each direction's variance among training patches; 0 where it is left out.
  package let variances: Int
  /// The place of ρ.
  package let profile: Int
  /// The place of log σ.
  package let logNoise: Int

  /// D
  package var pixels: Int { filters.outputs }
  /// Floats from a row of E to the next.
  package var stride: Int { DenseLayout.padded(pixels) }
  /// The places of ρ.
  package var profilePlaces: Range<Int> { profile..<profile + pixels }
  /// The places of E, λ and ρ.
  var given: Range<Int> { directions..<profile + stride }

  package init(
    filters: DenseWeights, whitened: DenseWeights, matrix: DenseWeights, directions: Int,
    variances: Int, profile: Int, logNoise: Int
  ) {
    (self.filters, self.whitened, self.matrix) = (filters, whitened, matrix)
    (self.directions, self.variances, self.profile) = (directions, variances, profile)
    self.logNoise = logNoise
  }

  /// The ρ between which the noise of a direction of variance λ stays: from a thousandth of λ, so
  /// that the likelihood is bounded, to half of it, so that noise cannot take what weak filters
  /// explain.
  package static func range(variance: Double, noiseVariance: Double) -> ClosedRange<Double> {
    let share = variance / noiseVariance
    return Double.log(share / 1000) / 2...Double.log(share / 2) / 2
  }
}
