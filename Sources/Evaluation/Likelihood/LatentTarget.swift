import Compute
import Distributions
import RealModule

/// p(x, z) of one decoder and one prior, the contrast integrated out: what chains sample.
struct LatentTarget: Sendable {
  let decoder: LinearGaussianDecoder
  let prior: any Prior
  /// Where latents share a contrast.
  private let mixture: ContrastMixture?

  init(_ decoder: LinearGaussianDecoder, _ prior: any Prior) {
    precondition(
      decoder.contrast == nil || prior is LaplacePrior,
      "a contrast with \(type(of: prior).name) latents: only Laplace latents have one")
    (self.decoder, self.prior) = (decoder, prior)
    mixture = decoder.contrast.map { ContrastMixture(latents: decoder.latents, spread: $0) }
  }

  /// log p(z) and its derivative by Σ log p(zₖ) at contrast 1, from that sum.
  func joint(_ sum: Double) -> (value: Double, slope: Double) {
    guard let mixture else { return (sum, 1) }
    // −Σ log p(zₖ) = T + K·log 2s
    let constant = Double(decoder.latents) * Double.log(2 * prior.scale)
    let found = mixture.logMass(max(0, -sum - constant))
    return (found.value - constant, -found.slope)
  }

  /// c at second moments of the latents.
  func variances(majorisedAt moments: [Double]) -> [Double] {
    var prior = prior
    if let mixture {
      let total = moments.reduce(0) { $0 + $1.squareRoot() } / prior.scale
      prior.scale /= max(-mixture.logMass(total).slope, .leastNormalMagnitude)
    }
    return moments.map { prior.majorization(at: $0).variance }
  }
}
