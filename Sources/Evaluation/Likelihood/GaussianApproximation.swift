import Compute
import Distributions
import RealModule

/// The Gaussian N(μ, Σ) that stands for a patch's posterior: the exact posterior where each latent's
/// prior is replaced by N(0, cₖ),
///
///     Σ = (ΦΦᵀ/σ² + diag(1/c))⁻¹,  μ = ΣΦ(x − b)/σ².
///
/// With h(z) = log p(z) − Σ log N(zₖ; 0, cₖ) the model's density of patch and latents is
/// log p(x, z) = `logEvidence` + log N(z; μ, Σ) + h(z).
struct GaussianApproximation {
  /// cₖ
  let variances: [Double]
  /// μ
  let mean: [Double]
  /// Σₖₖ
  let spread: [Double]
  /// log ∫ p(x | z) ∏ N(zₖ; 0, cₖ) dz, nats.
  let logEvidence: Double
  /// R with Σ⁻¹ = RRᵀ, and W = R⁻¹, so that Σ = WᵀW.
  let factor: CholeskyFactor
  let inverse: [Double]

  /// Steps in which c becomes what the moments ask for.
  private static let refinements = 12

  /// N(μ, Σ) with given c.
  ///
  /// - Returns: nil where a number is not finite, or rounding takes all of Σ⁻¹'s smallest pivot.
  init?(_ target: LatentTarget, patch: some Collection<Float>, variances: [Double]) {
    let decoder = target.decoder
    let count = decoder.latents
    var precision = decoder.precision
    for latent in 0..<count { precision[latent * (count + 1)] += 1 / variances[latent] }
    guard let factor = CholeskyFactor(precision, order: count) else { return nil }
    let residual = zip(patch, decoder.bias).map { Double($0) - Double($1) }
    let drive = (0..<count).map { latent in
      zip(decoder.filters.row(latent), residual).reduce(0) { $0 + Double($1.0) * $1.1 }
        / decoder.noiseVariance
    }
    inverse = factor.inverse
    var (mean, spread) = (drive, [Double](repeating: 0, count: count))
    factor.solve(&mean)
    inverse.withUnsafeBufferPointer { inverse in
      for row in 0..<count {
        for column in 0...row {
          let element = inverse[row * count + column]
          spread[column] += element * element
        }
      }
    }
    let energy = residual.reduce(0) { $0 + $1 * $1 } / decoder.noiseVariance
    let explained = zip(drive, mean).reduce(0) { $0 + $1.0 * $1.1 }
    logEvidence =
      (explained - energy - factor.logDeterminant
        - variances.reduce(0) { $0 + Double.log($1) }
        - Double(decoder.pixels) * .log(2 * .pi * decoder.noiseVariance)) / 2
    (self.variances, self.mean, self.spread, self.factor) = (variances, mean, spread, factor)
    guard logEvidence.isFinite else { return nil }
  }

  /// The best for a patch: c majorises the prior at the second moments that it leads to.
  ///
  /// Begins with wide latents, so that one that may be active is not taken for silent before it is
  /// seen. Needs nothing but the prior, so that it serves models of every posterior.
  static func best(
    for patch: some Collection<Float>, _ target: LatentTarget
  ) -> GaussianApproximation? {
    let (prior, count) = (target.prior, target.decoder.latents)
    let width = max(prior.variance ?? 0, prior.scale * prior.scale)
    var moments = [Double](repeating: width, count: count)
    var found: GaussianApproximation?
    for _ in 0...refinements {
      found = GaussianApproximation(
        target, patch: patch, variances: target.variances(majorisedAt: moments))
      guard let found else { return nil }
      moments = zip(found.mean, found.spread).map { $0 * $0 + $1 }
    }
    return found
  }

  /// u with z = μ + Wᵀu.
  func place(of latents: some Collection<Float>) -> [Double] {
    factor.transposed(zip(latents, mean).map { Double($0) - $1 })
  }
}
