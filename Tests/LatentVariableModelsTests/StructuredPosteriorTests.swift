import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// The structured posterior's mathematics, from the definitions; that engines do the same is for
/// `GradientTests`.
@Suite struct StructuredPosteriorTests {
  // MARK: What it bounds

  @Test(arguments: PriorFamily.withDensity)
  func `the majorised prior lies below the prior, and touches it`(_ family: PriorFamily) {
    let prior = family.prior(scale: 0.7)
    for moment in [0.01, 0.3, 4, 50] {
      let found = prior.majorization(at: moment)
      func gap(_ z: Double) -> Double {
        let bound = (z * z - found.secondMoment) / (2 * found.variance)
        return bound - prior.logDensity(found.secondMoment.squareRoot()) + prior.logDensity(z)
      }
      #expect(abs(gap(found.secondMoment.squareRoot())) < 1e-12)
      for z in stride(from: 0.001, to: 12, by: 0.07) { #expect(gap(z) > -1e-9, "\(z): \(gap(z))") }
      let slope = derivative(at: Double.log(moment), step: 1e-3) {
        Double.log(prior.majorization(at: .exp($0)).variance)
      }
      #expect(abs(found.slope - slope) < 1e-5)
    }
  }

  @Test(arguments: [0.05, 0.5, 2], [3.0, 40, 400])
  func `the contrast is the best one for its latents`(spread: Double, total: Double) {
    let latents = 40
    let best = Contrast(total: total, latents: latents, spread: spread)
    func cost(_ mean: Double, _ logVariance: Double) -> Double {
      let variance = Double.exp(logVariance)
      let ratio = (mean * mean + variance) / (spread * spread)
      return total * .exp(variance / 2 - mean) + Double(latents) * mean
        + (ratio - logVariance + 2 * .log(spread) - 1) / 2
    }
    let logVariance = Double.log(best.variance)
    let byMean = derivative(at: best.mean, step: 1e-4) { cost($0, logVariance) }
    let byVariance = derivative(at: logVariance, step: 1e-4) { cost(best.mean, $0) }
    #expect(abs(byMean) < 1e-6 * total && abs(byVariance) < 1e-6 * total)
    let value = total * best.inverse + Double(latents) * best.mean + best.divergence(spread: spread)
    #expect(abs(value - cost(best.mean, logVariance)) < 1e-9 * abs(value))
  }

  // MARK: Gradients

  /// One patch of a case: its reference, heads and gradient.
  struct Patch {
    let rule: any StructuredRule
    let decoder: StructuredReference.Decoder
    let x: [Double]
    let heads: [SIMD4<Double>]
    var q: StructuredReference { StructuredReference(x, heads: heads, rule, decoder) }

    init(_ test: GradientCase) throws {
      rule = try #require(test.model.parts.latents.structured)
      decoder = test.reference.structuredDecoder
      x = test.data.row(3).map { Double($0) }
      var random = RandomStream(seed: 12, purpose: .evaluation)
      heads = (0..<GradientCase.latents).map { _ in
        SIMD4(random.normal(), random.normal() - 1, 0, 0)
      }
    }

    /// −ELBO of this patch, and the step with its gradient.
    func differentiated(
      _ reference: ReferenceStep
    ) -> (objective: Double, step: ReferenceStep) {
      var step = reference
      step.clearGradient()
      let heads = (0..<2).flatMap { head in self.heads.map { $0[head] } }
      let found = step.differentiateStructured(x, heads: heads, rule, beta: 1, share: 1)
      return (found.objective, step)
    }

    /// −log N(x; b, σ²I + ΦᵀCΦ) by way of Σ⁻¹, with C = diag c.
    func evidence(_ c: [Double]) -> Double {
      let (pixels, latents) = (x.count, c.count)
      let order = pixels
      var covariance = [Double](repeating: 0, count: order * order)
      for i in 0..<pixels {
        for j in 0..<pixels {
          covariance[i * order + j] =
            (0..<latents).reduce(i == j ? decoder.noiseVariance : 0) {
              $0 + c[$1] * decoder.filters[$1][i] * decoder.filters[$1][j]
            }
        }
      }
      guard let factor = CholeskyFactor(covariance, order: order) else { return .nan }
      let centred = zip(x, decoder.bias).map { $0 - $1 }
      var solved = centred
      factor.solve(&solved)
      let square = zip(centred, solved).reduce(0) { $0 + $1.0 * $1.1 }
      return (factor.logDeterminant + square + Double(pixels) * .log(2 * .pi)) / 2
    }
  }

  /// −log N(x; b, σ²I + ΦᵀCΦ) + Σ [ψ(η) − η²/2c − ½ log 2πc], an upper bound of −log p(x), whose η
  /// is where the c of the heads touch; a contrast is held.
  @Test(arguments: GradientCase.structured)
  func `heads follow the derivative of the majorised bound`(_ test: GradientCase) throws {
    var test = test
    test.refinements = 0
    let patch = try Patch(test)
    let prior = test.model.prior
    let inverse = patch.q.contrast?.inverse ?? 1
    let effective = prior.scaled(to: prior.scale / inverse)
    func bound(_ heads: [SIMD4<Double>]) -> Double {
      let expansions = heads.map { patch.rule.expansion($0, priorScale: prior.scale) }
      return expansions.reduce(patch.evidence(expansions.map(\.variance))) { sum, expansion in
        let c = expansion.variance
        // Where a contrast is held, c touches the scaled prior elsewhere.
        let magnitude =
          test.contrast == nil
          ? expansion.secondMoment.squareRoot() : c * inverse / prior.scale
        return sum - effective.logDensity(magnitude) - magnitude * magnitude / (2 * c)
          - Double.log(2 * .pi * c) / 2
      }
    }
    let q = patch.q
    for latent in [0, 5, 12] {
      for head in 0..<2 {
        let expected = derivative(at: patch.heads[latent][head], step: 1e-4) { value in
          var heads = patch.heads
          heads[latent][head] = value
          return bound(heads)
        }
        let found = q.slopes[latent] * q.expansions[latent].slopes[head]
        #expect(abs(found - expected) < 1e-6 * (1 + abs(expected)), "\(found), \(expected)")
      }
    }
  }

  /// E_q‖x − b − Φᵀz‖²/2σ² + D log σ + KL, with q as it is.
  @Test(arguments: GradientCase.structured + GradientCase.scaled.suffix(2))
  func `decoder and scales follow the derivative of the ELBO at this posterior`(
    _ test: GradientCase
  ) throws {
    let patch = try Patch(test)
    let q = patch.q
    let reference = patch.differentiated(test.reference).step
    func elbo(_ decoder: StructuredReference.Decoder) -> Double {
      let (latents, pixels) = (decoder.filters.count, patch.x.count)
      var error = 0.0
      for pixel in 0..<pixels {
        let column = decoder.filters.map { $0[pixel] }
        let mean = zip(column, q.mean).reduce(decoder.bias[pixel]) { $0 + $1.0 * $1.1 }
        error += (patch.x[pixel] - mean) * (patch.x[pixel] - mean)
        for k in 0..<latents {
          for j in 0..<latents { error += column[k] * column[j] * q.covariance[k * latents + j] }
        }
      }
      return error / (2 * decoder.noiseVariance) + Double(pixels) / 2
        * .log(2 * .pi * decoder.noiseVariance) + q.divergence(decoder).value
    }
    typealias Change = (inout StructuredReference.Decoder, Double) -> Void
    let latents = GradientCase.latents
    var changes: [(name: String, index: Int, change: Change)] = [
      ("noise_log_scale", 0, { $0.noiseVariance *= Double.exp(2 * $1) }),
      (
        "prior_log_scale", test.scalePerLatent ? 4 : 0,
        { decoder, change in
          for latent in test.scalePerLatent ? 4..<5 : 0..<latents {
            decoder.priorScales[latent] *= Double.exp(change)
          }
        }
      ),
      ("decoder.bias", 2, { $0.bias[2] += $1 }),
      ("decoder.weight", 4 * latents + 7, { $0.filters[7][4] += $1 }),
      ("decoder.weight", 9 * latents, { $0.filters[0][9] += $1 }),
    ]
    if test.contrast != nil {
      changes.append(("contrast_log_scale", 0, { $0.contrast = ($0.contrast ?? 1) * .exp($1) }))
    }
    for (name, index, change) in changes {
      let expected = derivative(at: 0, step: 1e-4) { value in
        var decoder = patch.decoder
        change(&decoder, value)
        return elbo(decoder)
      }
      let found = reference.gradient[name]?[index] ?? .nan
      #expect(
        abs(found - expected) < 1e-6 * (1 + abs(expected)), "\(name): \(found), \(expected)")
    }
  }
}
