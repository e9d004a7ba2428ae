import Compute
import Distributions
import RealModule

/// log p(x) by importance sampling from a model's own posterior q(z | x): the importance-weighted
/// bound of Burda, Grosse & Salakhutdinov 2016, log (1/n) Σ p(x, zᵢ)/q(zᵢ | x) with zᵢ ~ q.
///
/// With one sample it is the ELBO's estimate, and it comes closer to log p(x) with more; where q misses
/// a part of the posterior, it takes very many.
public struct ImportanceSampling: Hashable, Sendable, Codable {
  /// Samples of each patch.
  public var samples = 1000
  /// Seeds the samples; each patch has its own.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// q(z | x) of one patch.
  public enum Posterior: Sendable {
    /// N(μ, Σ) with the covariance that the decoder gives, Σ⁻¹ = ΦΦᵀ/σ² + diag(1/c): c.
    case structured(variances: [Double])
    /// z = μ + τε, latents independent: μ, τ, and what ε is drawn from.
    case independent(mean: [Double], scale: [Double], noise: NoiseLaw)
  }

  /// The weights of samples from q for each row of `patches`, `[patches, pixels]`; their acceptance
  /// is 1.
  ///
  /// - Parameters:
  ///   - posteriors: q of each.
  ///   - first: the number of the first patch, which tells its samples from others'.
  /// - Precondition: with a contrast the prior is a Laplace one; there is a posterior for each row.
  public func estimates(
    of patches: Matrix, _ posteriors: [Posterior], first: Int = 0, decoder: LinearGaussianDecoder,
    prior: some Prior, team: ThreadTeam
  ) -> [AnnealedImportanceSampling.Estimate] {
    precondition(posteriors.count == patches.rows, "\(posteriors.count) posteriors")
    precondition(samples >= 1, "\(samples) samples")
    let target = LatentTarget(decoder, prior)
    return team.map(patches.rows) { row in
      let noise = HamiltonianChains.Noise(seed: seed, step: first + row)
      let weights =
        switch posteriors[row] {
        case .structured(let variances):
          structured(patches.row(row), variances, target, noise)
        case .independent(let mean, let scale, let law):
          independent(patches.row(row), mean, scale, law, target, noise)
        }
      return AnnealedImportanceSampling.Estimate(logWeights: weights, acceptance: 1)
    }
  }

  private func structured(
    _ patch: ArraySlice<Float>, _ variances: [Double], _ target: LatentTarget,
    _ noise: HamiltonianChains.Noise
  ) -> [Double] {
    guard let gaussian = GaussianApproximation(target, patch: patch, variances: variances) else {
      return [Double](repeating: .nan, count: samples)
    }
    let chains = HamiltonianChains(target, gaussian, leapfrogSteps: 1)
    var (weights, noise) = ([Double](), noise)
    while weights.count < samples {
      chains.start(using: &noise)
      weights += chains.excess.prefix(samples - weights.count).map { $0 + gaussian.logEvidence }
    }
    return weights
  }

  /// log p(x | z) + log p(z) − log q(z), some samples at a time.
  private func independent(
    _ patch: ArraySlice<Float>, _ mean: [Double], _ scale: [Double], _ law: NoiseLaw,
    _ target: LatentTarget, _ noise: HamiltonianChains.Noise
  ) -> [Double] {
    let (decoder, prior, count) = (target.decoder, target.prior, target.decoder.latents)
    let constant =
      scale.reduce(0) { $0 + Double.log($1) } + Double(count) * law.logNormalizer
      - Double(decoder.pixels) / 2 * .log(2 * .pi * decoder.noiseVariance)
    var (weights, noise) = ([Double](), noise)
    while weights.count < samples {
      var codes = Matrix(rows: min(64, samples - weights.count), columns: count)
      var terms = [Double](repeating: constant, count: codes.rows)
      for row in 0..<codes.rows {
        var sum = 0.0
        for latent in 0..<count {
          let (drawn, energy) = noise.draw(law)
          let code = mean[latent] + scale[latent] * drawn
          codes[row, latent] = Float(code)
          sum += prior.logDensity(code)
          terms[row] += energy
        }
        terms[row] += target.joint(sum).value
      }
      let predictions = decoder.decode(codes)
      for row in 0..<codes.rows {
        let squares = zip(patch, predictions.row(row)).reduce(0.0) {
          let residual = Double($1.0) - Double($1.1)
          return $0 + residual * residual
        }
        weights.append(terms[row] - squares / (2 * decoder.noiseVariance))
      }
    }
    return weights
  }
}

extension NoiseLaw {
  /// log of what e^−energy is divided by.
  fileprivate var logNormalizer: Double {
    self == .normal ? halfLogTwoPi : .log(2)
  }
}

extension HamiltonianChains.Noise {
  /// ε and −log of its density up to the normaliser.
  fileprivate mutating func draw(_ law: NoiseLaw) -> (Double, energy: Double) {
    if law == .normal {
      let drawn = normal()
      return (drawn, drawn * drawn / 2)
    }
    let drawn = laplace()
    return (drawn, abs(drawn))
  }
}
