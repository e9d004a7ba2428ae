import Compute
import Testing

@Suite struct PhiloxTests {
  /// The known-answer tests that come with the authors' Random123 library (philox4x32, 10 rounds).
  @Test func `blocks equal the published test vectors`() {
    let zero = Philox.block(counter: .zero, key: .zero)
    #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let digitsOfPi = Philox.block(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: SIMD2(0xa409_3822, 0x299f_31d0))
    #expect(digitsOfPi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func `streams of different purposes and steps differ`() {
    var streams = [RandomPurpose.shuffling, .patchSampling].flatMap { purpose in
      (0..<3).map { RandomStream(seed: 1, purpose: purpose, step: $0) }
    }
    let firsts = streams.indices.map { streams[$0].next() }
    #expect(Set(firsts).count == firsts.count)
  }

  @Test func `normal numbers have mean 0 and variance 1`() {
    var stream = RandomStream(seed: 3, purpose: .initialization)
    let numbers = (0..<100_000).map { _ in stream.normal() }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
    #expect(abs(mean) < 0.015)
    #expect(abs(variance - 1) < 0.02)
  }

  @Test func `a permutation holds every index once`() {
    var stream = RandomStream(seed: 3, purpose: .shuffling)
    #expect(stream.permutation(of: 1000).sorted() == Array(0..<1000))
  }

  @Test func `indices come in proportion to their weights`() {
    var stream = RandomStream(seed: 3, purpose: .shuffling)
    var counts = [0, 0, 0, 0]
    for _ in 0..<10_000 {
      guard let index = stream.index(inProportionTo: [1, 0, 3, 0]) else { continue }
      counts[index] += 1
    }
    #expect(counts[1] == 0 && counts[3] == 0)
    // 2,500 with a standard deviation of 43.
    #expect(abs(counts[0] - 2500) < 200 && counts[0] + counts[2] == 10_000)
    for weights in [[], [0, 0], [.infinity, 1], [.nan]] as [[Double]] {
      #expect(stream.index(inProportionTo: weights) == nil)
    }
    for _ in 0..<20 {
      #expect(stream.distinctIndices(5, inProportionTo: [1, 0, 3, 0, 2]).sorted() == [0, 2, 4])
      let two = stream.distinctIndices(2, inProportionTo: [1, 0, 3, 0, 2])
      #expect(two.count == 2 && Set(two).isSubset(of: [0, 2, 4]) && Set(two).count == 2)
    }
  }
}
