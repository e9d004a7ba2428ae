import Compute
import Distributions
import Foundation
import TestSupport
import Testing

@testable import LatentVariableModels

/// Posteriors with exact zeros and with counts: divergences, moments and slopes against integration,
/// summation, differences and samples.
@Suite struct AtomicPosteriorTests {
  /// A rule at one share and scale, its heads' atom and density, and its prior.
  struct Rule: CustomTestStringConvertible, Sendable {
    let layer: any LatentLayer
    let prior: any Prior
    /// Of the prior's further number.
    let number: Double
    let testDescription: String
    /// γ and the density of what is not zero, for heads.
    let density: @Sendable (SIMD4<Double>) -> (share: Double, slab: (Double) -> Double)
  }

  private static let range: ClosedRange<Float> = -7...4

  private static func slab(
    _ type: any Posterior.Type, _ heads: SIMD4<Double>
  ) -> (Double) -> Double {
    let q = type.init(mean: heads[0], scale: exp(heads[1]))
    return { exp(q.logDensity($0)) }
  }

  static let rules: [Rule] = [0.03, 0.4].flatMap { share -> [Rule] in
    let logit = log(share / (1 - share))
    @Sendable func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    let laplace = SpikeAndSlabPrior(scale: 0.6, activeShare: share)
    let gaussian = GaussianSpikeAndSlabPrior(scale: 0.6, activeShare: share)
    let thresholded = ThresholdedGaussianPrior(scale: 0.6, activeShare: share)
    return [
      Rule(
        layer: SpikeAndSlab(prior: laplace, logScaleRange: range), prior: laplace, number: logit,
        testDescription: "Laplace slab, \(share)"
      ) { (sigmoid($0[2]), slab(LaplacePosterior.self, $0)) },
      Rule(
        layer: SpikeAndSlab(prior: gaussian, logScaleRange: range), prior: gaussian, number: logit,
        testDescription: "Gaussian slab, \(share)"
      ) { (sigmoid($0[2]), slab(GaussianPosterior.self, $0)) },
      Rule(
        layer: ThresholdedLaplace(prior: laplace, logScaleRange: range), prior: laplace, number: 0,
        testDescription: "thresholded Laplace, \(share)"
      ) { (exp(-laplace.threshold / exp($0[1])), slab(LaplacePosterior.self, $0)) },
      Rule(
        layer: ThresholdedGaussian(prior: thresholded, logScaleRange: range), prior: thresholded,
        number: 0, testDescription: "thresholded Gaussian, \(share)"
      ) { heads in
        let (scale, threshold) = (exp(heads[1]), thresholded.threshold)
        let share = erfc(threshold / scale / 2.0.squareRoot())
        let u = GaussianPosterior(mean: 0, scale: scale)
        return (share, { exp(u.logDensity(abs($0 - heads[0]) + threshold)) / share })
      },
    ]
  }

  static let heads: [SIMD4<Double>] = [
    SIMD4(0.3, -0.4, 0.7, 0), SIMD4(-1.2, -2, -3, 0), SIMD4(0, 0.5, 2, 0), SIMD4(2.5, -1, -0.2, 0),
    SIMD4(-0.05, 0.2, 5, 0),
  ]

  private static func full(_ heads: SIMD4<Double>, _ rule: Rule) -> SIMD4<Double> {
    var heads = heads
    if rule.layer.priorNumber != nil { heads[rule.layer.headCount] = rule.number }
    return heads
  }

  private func moments(_ heads: SIMD4<Double>, _ rule: Rule, scale: Double = 0.6) -> LatentDraw {
    rule.layer.expect(heads, noise: .nan, priorScale: scale) ?? .nothing
  }

  @Test(arguments: rules)
  func `the divergence and the moments equal numerical integration`(_ rule: Rule) {
    for heads in Self.heads {
      let found = moments(Self.full(heads, rule), rule)
      let (share, slab) = rule.density(heads)
      func expectation(_ f: (Double) -> Double) -> Double {
        let cuts = [heads[0] - 60 * exp(heads[1]), min(0, heads[0]), max(0, heads[0])]
        let points = cuts + [heads[0] + 60 * exp(heads[1])]
        return zip(points, points.dropFirst()).reduce(0) { sum, ends in
          sum + integral(from: ends.0, to: ends.1, pieces: 20_000) { slab($0) * f($0) }
        }
      }
      #expect(abs(expectation { _ in 1 } - 1) < 1e-9)
      let mean = share * expectation { $0 }
      #expect(isClose(found.z, mean, 1e-8), "\(heads)")
      let variance = share * expectation { $0 * $0 } - mean * mean
      #expect(abs(found.variance - variance) < 1e-8 * (1 + variance), "\(heads)")
      let ofSlab = expectation {
        slab($0) > 0 ? log(slab($0)) + log(share) - rule.prior.logDensity($0) : 0
      }
      let divergence =
        share * ofSlab + (1 - share) * (log(1 - share) - rule.prior.logDensity(0))
      #expect(
        abs(found.divergence - divergence) < 1e-6 * (1 + divergence),
        "\(heads): \(found.divergence), \(divergence)")
    }
  }

  @Test(arguments: rules) func `slopes are derivatives`(_ rule: Rule) {
    let count = rule.layer.headCount
    for start in Self.heads {
      let heads = Self.full(start, rule)
      let found = moments(heads, rule)
      func moved(_ head: Int, _ value: Double) -> LatentDraw {
        var heads = heads
        heads[head] = value
        return moments(heads, rule)
      }
      // At μ = 0 means are smooth, and divergences of a Laplace slab are not.
      for head in 0..<count where head > 0 || heads[0] != 0 {
        let x = heads[head]
        func check(_ name: String, _ slope: Double, _ value: (LatentDraw) -> Double) {
          let expected = derivative(at: x, step: 1e-4) { value(moved(head, $0)) }
          #expect(
            abs(slope - expected) < 1e-7 * (1 + abs(expected)),
            "\(name) by head \(head) at \(start): \(slope), \(expected)")
        }
        check("mean", found.slopes[head], \.z)
        check("variance", found.varianceSlopes[head], \.variance)
        check("divergence", found.divergenceSlopes[head], \.divergence)
      }
      if rule.layer.priorNumber != nil {
        let expected = derivative(at: heads[count]) { moved(count, $0).divergence }
        #expect(abs(found.numberSlope - expected) < 1e-8)
      }
      let byScale = derivative(at: log(0.6), step: 1e-4) {
        moments(heads, rule, scale: exp($0)).divergence
      }
      #expect(abs(found.scaleSlope - byScale) < 1e-7 * (1 + abs(byScale)), "\(start)")
    }
  }

  @Test(arguments: rules) func `samples have the moments and zeros that are stated`(_ rule: Rule) {
    let count = 100_000
    var stream = RandomStream(seed: 3, purpose: .evaluation)
    for start in Self.heads {
      let heads = Self.full(start, rule)
      let found = moments(heads, rule)
      let samples = (0..<count).map { _ in
        rule.layer.sample(heads, priorScale: 0.6, using: &stream)
      }
      let (mean, meanError) = meanAndStandardError(samples)
      let (variance, varianceError) = meanAndStandardError(
        samples.map { ($0 - found.z) * ($0 - found.z) })
      // What is very seldom active may not be met.
      #expect(abs(mean - found.z) < 4 * meanError + 1e-5)
      #expect(abs(variance - found.variance) < 4 * varianceError + 1e-5)
      let zeros = Double(samples.count { $0 == 0 })
      let share = 1 - rule.density(start).share
      let spread = (Double(count) * share * (1 - share)).squareRoot()
      #expect(abs(zeros - Double(count) * share) < 4 * spread + 1, "\(start)")
      let isActive = share < 0.5
      #expect((rule.layer.mode(heads, priorScale: 0.6) == 0) == (!isActive || start[0] == 0))
    }
  }

  @Test(arguments: rules) func `a prior with a spike is what its samples are`(_ rule: Rule) {
    var stream = RandomStream(seed: 4, purpose: .evaluation)
    let count = 100_000
    let samples = (0..<count).map { _ in rule.prior.sample(using: &stream) }
    let (square, error) = meanAndStandardError(samples.map { $0 * $0 })
    #expect(abs(square - (rule.prior.variance ?? .nan)) < 4 * error)
    let zeros = Double(samples.count { $0 == 0 }) / Double(count)
    let share = exp(rule.prior.logDensity(0))
    #expect(abs(zeros - share) < 4 * (share * (1 - share) / Double(count)).squareRoot())
    let mass = 2 * integral(from: 1e-12, to: 40, pieces: 20_000) { exp(rule.prior.logDensity($0)) }
    #expect(abs(mass + share - 1) < 1e-6)
    for z in [-0.7, 0.2, 1.9] {
      let slope = derivative(at: z, of: rule.prior.logDensity)
      #expect(isClose(rule.prior.score(z), slope, 1e-6))
    }
  }

  @Test func `at an active share of one the spike and slab is the posterior without a spike`() {
    let nearly = 40.0
    for (prior, family, plain) in [
      (
        SpikeAndSlabPrior(scale: 0.6) as any PriorWithSpike, PosteriorFamily.laplace,
        PriorFamily.laplace
      ),
      (GaussianSpikeAndSlabPrior(scale: 0.6), .gaussian, .gaussian),
    ] {
      let layer = SpikeAndSlab(prior: prior, logScaleRange: Self.range)
      let without = LocationScale(
        prior: plain.prior(scale: 0.6), posterior: family, logScaleRange: Self.range)
      for heads in Self.heads {
        let own = SIMD4(heads[0], heads[1], nearly, nearly)
        guard let found = layer.expect(own, noise: 0, priorScale: 0.6),
          let expected = without.expect(heads, noise: 0, priorScale: 0.6)
        else { continue }
        #expect(isClose(found.z, expected.z, 1e-12))
        #expect(isClose(found.variance, expected.variance, 1e-12))
        #expect(isClose(found.divergence, expected.divergence, 1e-12))
        for head in 0..<2 {
          #expect(
            isClose(found.divergenceSlopes[head], expected.divergenceSlopes[head], 1e-12))
        }
      }
    }
  }

  @Test func `a threshold of each latent's own is the spike and slab`() {
    let prior = SpikeAndSlabPrior(scale: 0.6, activeShare: 0.2)
    let free = SpikeAndSlab(prior: prior, logScaleRange: Self.range)
    let fixed = ThresholdedLaplace(prior: prior, logScaleRange: Self.range)
    for heads in Self.heads {
      // λ = −τ log γ
      let share = exp(-prior.threshold / exp(heads[1]))
      let own = SIMD4(heads[0], heads[1], log(share / (1 - share)), log(0.2 / 0.8))
      let a = free.expect(own, noise: 0, priorScale: 0.6)
      let b = fixed.expect(heads, noise: 0, priorScale: 0.6)
      #expect(isClose(a?.z ?? .nan, b?.z ?? 0, 1e-12))
      #expect(isClose(a?.variance ?? .nan, b?.variance ?? 0, 1e-12))
      #expect(isClose(a?.divergence ?? .nan, b?.divergence ?? 0, 1e-11))
    }
  }

  @Test func `numbers that are none come through`() throws {
    for rule in Self.rules {
      let found = moments(SIMD4(.nan, 0, 0, 0), rule)
      #expect(found.z.isNaN && found.divergence.isNaN && found.variance.isNaN)
    }
  }
}
