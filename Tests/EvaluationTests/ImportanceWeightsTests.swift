import Compute
import Evaluation
import RealModule
import Testing

@Suite struct ImportanceWeightsTests {
  @Test func `sums of exponentials neither overflow nor vanish`() {
    #expect(abs(ImportanceWeights.logSumExp([1000, 1000]) - (1000 + Double.log(2))) < 1e-12)
    #expect(abs(ImportanceWeights.logSumExp([-1000, -1000]) - (-1000 + Double.log(2))) < 1e-12)
    #expect(ImportanceWeights.logSumExp([-.infinity, 3]) == 3)
    #expect(ImportanceWeights.logSumExp([]) == -.infinity)
    #expect(ImportanceWeights.logSumExp([.infinity, 0]) == .infinity)
  }

  @Test func `the importance-weighted bound rises with the number of weights`() {
    var stream = RandomStream(seed: 2, purpose: .evaluation)
    let logWeights = (0..<60_000).map { _ in stream.normal() }
    let bounds = [1, 5, 50].map { count in
      let means = stride(from: 0, to: logWeights.count, by: count).map {
        ImportanceWeights.logMean(logWeights[$0..<$0 + count])
      }
      return means.reduce(0, +) / Double(means.count)
    }
    // log E[w] = ½ for standard normal log w; their mean is 0.
    #expect(abs(bounds[0]) < 0.02)
    #expect(bounds[0] < bounds[1] && bounds[1] < bounds[2] && bounds[2] < 0.51)
    #expect(abs(ImportanceWeights.logMean(logWeights) - 0.5) < 0.03)
  }

  @Test func `equal weights are all effective, a dominant one is alone`() {
    #expect(abs(ImportanceWeights.effectiveSampleSize([5, 5, 5, 5]) - 4) < 1e-12)
    #expect(abs(ImportanceWeights.effectiveSampleSize([900, 0, 0]) - 1) < 1e-12)
    #expect(ImportanceWeights.effectiveSampleSize([-.infinity]) == 0)
  }
}
