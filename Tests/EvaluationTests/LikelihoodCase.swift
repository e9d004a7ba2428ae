import Compute
import Distributions
import RealModule
import TestSupport

@testable import Evaluation

/// Small decoders, and −log p(x) of theirs by integration.
struct LikelihoodCase {
  var decoder: LinearGaussianDecoder
  var prior: any Prior

  init(
    latents: Int, pixels: Int, noise: Double, contrast: Double? = nil, _ prior: any Prior,
    seed: UInt64 = 3
  ) {
    var filters = NoiseFilters.white(filters: latents, pixels: pixels, seed: seed)
    for row in 0..<latents {
      let norm = filters.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<pixels { filters[row, column] /= norm }
    }
    decoder = LinearGaussianDecoder(
      filters: filters, bias: (0..<pixels).map { Float($0 % 3) * 0.1 }, noiseVariance: noise,
      contrast: contrast)
    self.prior = prior
  }

  var target: LatentTarget { LatentTarget(decoder, prior) }

  func simulated(_ count: Int, seed: UInt64 = 77) -> BidirectionalMonteCarlo.Simulated {
    var method = BidirectionalMonteCarlo()
    method.sampling.seed = seed
    return method.simulate(count: count, decoder: decoder, prior: prior)
  }

  /// log p(x | z) in double precision.
  func logLikelihood(_ codes: [Double], _ patch: ArraySlice<Float>) -> Double {
    let squares = patch.enumerated().reduce(0.0) { sum, element in
      let predicted = codes.indices.reduce(Double(decoder.bias[element.offset])) {
        $0 + codes[$1] * Double(decoder.filters[$1, element.offset])
      }
      let residual = Double(element.element) - predicted
      return sum + residual * residual
    }
    return -squares / (2 * decoder.noiseVariance)
      - Double(decoder.pixels) / 2 * .log(2 * .pi * decoder.noiseVariance)
  }

  /// log p(x) of one or two latents by integration on both sides of the peak at 0, and over the
  /// contrast's logarithm.
  func integrated(_ patch: ArraySlice<Float>) -> Double {
    func slice(_ prior: any Prior) -> Double {
      line(prior) { first in
        if decoder.latents == 1 { return Double.exp(logLikelihood([first], patch)) }
        return line(prior) { Double.exp(logLikelihood([first, $0], patch)) }
      }
    }
    guard let spread = decoder.contrast else { return .log(slice(prior)) }
    let whole = integral(from: -5 * spread, to: 5 * spread, pieces: 6) { v in
      Double.exp(GaussianPrior(scale: spread).logDensity(v))
        * slice(prior.scaled(to: prior.scale * .exp(v)))
    }
    return .log(whole)
  }

  /// ∫ p(z)·f(z) dz, in t with z = t³: priors have peaks at 0.
  private func line(_ prior: any Prior, _ f: (Double) -> Double) -> Double {
    func density(_ t: Double) -> Double {
      let z = t * t * t
      return 3 * t * t * Double.exp(prior.logDensity(z)) * f(z)
    }
    return integral(from: -2, to: 0, pieces: 12, of: density)
      + integral(from: 0, to: 2, pieces: 12, of: density)
  }

  /// log N(x; b, s²·ΦᵀΦ + σ²I) in double precision.
  func gaussianLogDensity(_ patch: ArraySlice<Float>, variances: [Double]) -> Double {
    let n = decoder.pixels
    var covariance = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        for k in 0..<decoder.latents {
          covariance[i * n + j] +=
            variances[k] * Double(decoder.filters[k, i]) * Double(decoder.filters[k, j])
        }
      }
      covariance[i * n + i] += decoder.noiseVariance
    }
    let residual = zip(patch, decoder.bias).map { Double($0) - Double($1) }
    guard let factor = CholeskyFactor(covariance, order: n) else { return .nan }
    var solution = residual
    factor.solve(&solution)
    let squares = zip(residual, solution).reduce(0) { $0 + $1.0 * $1.1 }
    return -0.5 * (squares + factor.logDeterminant + Double(n) * .log(2 * .pi))
  }
}
