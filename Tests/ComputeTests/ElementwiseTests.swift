import CKernels
import Compute
import RealModule
import Testing

@Suite struct ElementwiseTests {
  static var levels: [svae_elementwise_kernels] {
    (0...svae_cpu_level()).map { svae_kernels_at($0).pointee.elementwise }
  }

  /// The definition of `normals` in Double, from Philox's words.
  @Test func `normals are Box and Muller's of the documented words`() {
    for kernels in Self.levels {
      var numbers = [Float](repeating: 0, count: 3 * 32)
      kernels.normals(3, 5, 0x1_0000_0002, 7, 9, &numbers)
      for group in 0..<3 {
        for lane in 0..<8 {
          let words = Philox.block(
            counter: SIMD4(UInt32(8 * (5 + group) + lane), 0, 7, 9), key: SIMD2(2, 1))
          for pair in [0, 2] {
            let u = (Double(words[pair] >> 8) + 0.5) / 16_777_216
            let angle = Double(words[pair + 1] >> 8) / 16_777_216 * 2 * .pi
            let radius = (-2 * Double.log(u)).squareRoot()
            let found = (0..<2).map { Double(numbers[32 * group + 8 * (pair + $0) + lane]) }
            #expect(abs(found[0] - radius * Double.cos(angle)) < 2e-6)
            #expect(abs(found[1] - radius * Double.sin(angle)) < 2e-6)
          }
        }
      }
    }
  }

  @Test func `normals have the moments and tails of the normal distribution`() {
    let count = 1 << 20
    for kernels in Self.levels {
      var numbers = [Float](repeating: 0, count: count)
      kernels.normals(count / 32, 0, 3, 1, 1, &numbers)
      func mean(_ f: (Double) -> Double) -> Double {
        numbers.reduce(0) { $0 + f(Double($1)) } / Double(count)
      }
      #expect(abs(mean { $0 }) < 0.004)
      #expect(abs(mean { $0 * $0 } - 1) < 0.006)
      #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 0.04)
      #expect(abs(mean { abs($0) > 3 ? 1 : 0 } - 0.0027) < 0.0002)
    }
  }

  @Test func `Laplace numbers have the moments of the Laplace distribution`() {
    let count = 1 << 20
    for kernels in Self.levels {
      var numbers = [Float](repeating: 0, count: count)
      kernels.laplaces(count / 32, 0, 3, 1, 1, &numbers)
      func mean(_ f: (Double) -> Double) -> Double {
        numbers.reduce(0) { $0 + f(Double($1)) } / Double(count)
      }
      #expect(abs(mean { $0 }) < 0.006)
      #expect(abs(mean { abs($0) } - 1) < 0.005)
      #expect(abs(mean { $0 * $0 } - 2) < 0.02)
    }
  }

  @Test func `numbers do not depend on how many are drawn at once`() {
    for kernels in Self.levels {
      var whole = [Float](repeating: 0, count: 7 * 32)
      kernels.normals(7, 2, 1, 1, 1, &whole)
      for group in 0..<7 {
        var part = [Float](repeating: 0, count: 32)
        kernels.normals(1, UInt64(2 + group), 1, 1, 1, &part)
        #expect(part == Array(whole[32 * group..<32 * group + 32]))
      }
    }
  }

  @Test func `sums, scales and residuals equal their definitions`() {
    let a = (0..<100).map { Float($0) / 7 - 5 }
    let b = (0..<100).map { 3 - Float($0 % 13) }
    for kernels in Self.levels {
      let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(Double(kernels.dot(100, a, b)) - dot) < 1e-3)
      #expect(abs(Double(kernels.sum(100, a)) - a.reduce(0.0) { $0 + Double($1) }) < 1e-3)
      var scaled = a
      kernels.scale(100, 0.5, &scaled)
      #expect(scaled == a.map { 0.5 * $0 })
      var added = a
      kernels.add_scaled(100, 0.5, b, &added)
      #expect(zip(added, zip(a, b)).allSatisfy { abs($0 - ($1.0 + 0.5 * $1.1)) < 1e-6 })
      for lanes in [32, 7] {
        var gradient = [Float](repeating: .nan, count: 32)
        let error = kernels.residual(lanes, a, b, 2, &gradient)
        var expected = 0.0
        for i in 0..<32 {
          let difference = i < lanes ? b[i] - a[i] : 0
          expected += Double(difference * difference)
          #expect(gradient[i] == 2 * difference)
        }
        #expect(abs(Double(error) - expected) < 1e-3)
      }
    }
  }
}
