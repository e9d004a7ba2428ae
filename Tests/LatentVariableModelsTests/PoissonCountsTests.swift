import Compute
import Distributions
import Foundation
import TestSupport
import Testing

@testable import LatentVariableModels

@Suite struct PoissonCountsTests {
  private static let layer = PoissonCounts(prior: PoissonPrior(scale: 0.3))
  private static let heads: [SIMD4<Double>] = [
    SIMD4(0, -5, 0, 0), SIMD4(2, -1, 0, 0), SIMD4(-3, 0.5, 0, 0), SIMD4(6, -4, 0, 0),
  ]

  private func moments(_ heads: SIMD4<Double>) -> LatentDraw {
    Self.layer.expect(heads, noise: .nan, priorScale: 0.3) ?? .nothing
  }

  @Test func `divergence and moments equal sums over counts`() {
    for heads in Self.heads {
      let q = PoissonPrior(scale: 0.3, logRate: heads[0] + heads[1])
      let p = PoissonPrior(scale: 0.3, logRate: heads[1])
      func sum(_ f: (Double) -> Double) -> Double {
        (0..<300).reduce(0) { $0 + exp(q.logDensity(0.3 * Double($1))) * f(0.3 * Double($1)) }
      }
      let found = moments(heads)
      #expect(abs(sum { _ in 1 } - 1) < 1e-12)
      #expect(isClose(found.z, sum { $0 }, 1e-11))
      #expect(isClose(found.variance, sum { $0 * $0 } - found.z * found.z, 1e-9))
      #expect(isClose(found.divergence, sum { q.logDensity($0) - p.logDensity($0) }, 1e-9))
      #expect(isClose(q.variance ?? .nan, sum { $0 * $0 }, 1e-10))
    }
  }

  @Test func `slopes are derivatives, by the rate as by the ratio and at fixed q`() {
    for heads in Self.heads {
      let found = moments(heads)
      func byRatio(_ value: (LatentDraw) -> Double) -> Double {
        derivative(at: heads[0]) { value(moments(SIMD4($0, heads[1], 0, 0))) }
      }
      #expect(isClose(found.slopes[0], byRatio(\.z), 1e-9))
      #expect(isClose(found.varianceSlopes[0], byRatio(\.variance), 1e-9))
      #expect(
        abs(found.divergenceSlopes[0] - byRatio(\.divergence)) < 1e-8 * (1 + found.divergence))
      let byRate = derivative(at: heads[1]) { moments(SIMD4(heads[0], $0, 0, 0)).divergence }
      #expect(
        abs(found.numberSlope + found.divergenceSlopes[0] - byRate) < 1e-8 * (1 + found.divergence))
    }
  }

  @Test func `samples are whole counts of the stated mean, variance and share of zeros`() {
    var stream = RandomStream(seed: 6, purpose: .evaluation)
    let count = 100_000
    for rate in [0.01, 0.8, 4, 9.9, 10.1, 30, 50] {
      let heads = SIMD4(log(rate), 0, 0, 0)
      let found = moments(heads)
      let samples = (0..<count).map { _ in
        Self.layer.sample(heads, priorScale: 0.3, using: &stream)
      }
      #expect(samples.allSatisfy { $0 >= 0 && abs($0 / 0.3 - ($0 / 0.3).rounded()) < 1e-9 })
      let (mean, meanError) = meanAndStandardError(samples)
      let (variance, varianceError) = meanAndStandardError(
        samples.map { ($0 - found.z) * ($0 - found.z) })
      #expect(abs(mean - found.z) < 4 * meanError, "\(rate)")
      #expect(abs(variance - found.variance) < 4 * varianceError, "\(rate)")
      // Of every count, as often as its probability says: χ² over those that are expected ten times.
      let q = PoissonPrior(scale: 1, logRate: log(rate))
      let counts = Dictionary(grouping: samples) { Int(($0 / 0.3).rounded()) }.mapValues(\.count)
      var (square, freedom) = (0.0, 0.0)
      for n in 0..<400 {
        let expected = Double(count) * exp(q.logDensity(Double(n)))
        guard expected > 10 else { continue }
        square += pow(Double(counts[n] ?? 0) - expected, 2) / expected
        freedom += 1
      }
      #expect(square < freedom + 5 * (2 * freedom).squareRoot(), "\(rate): \(square), \(freedom)")
    }
  }

  @Test func `the most probable count is the whole part of the rate`() {
    for (rate, expected) in [(0.3, 0.0), (0.999, 0), (1.5, 1), (7.2, 7)] {
      #expect(
        isClose(Self.layer.mode(SIMD4(log(rate), 0, 0, 0), priorScale: 0.3), 0.3 * expected, 1e-12))
    }
  }

  @Test func `a rate beyond the range is held there, and says nothing of the ratio`() {
    let found = moments(SIMD4(20, -1, 0, 0))
    #expect(isClose(found.z, 0.3 * exp(4), 1e-12))
    #expect(found.slopes[0] == 0 && found.divergenceSlopes[0] == 0)
  }
}
