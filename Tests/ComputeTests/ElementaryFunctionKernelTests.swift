import CKernels
import Foundation
import Testing

/// The errors that `math.inc` states, against the system's functions in double precision.
@Suite struct ElementaryFunctionKernelTests {
  /// Those of every instruction set that this processor can run.
  static let probes = (0...svae_cpu_level()).map { svae_kernels_at($0).pointee.elementary }

  /// Numbers that are evenly spread over the floats of a range, so that every binade counts alike.
  private func floats(_ low: Float, _ high: Float, count: Int = 1 << 20) -> [Float] {
    let (first, last) = (Int(low.bitPattern), Int(high.bitPattern))
    return (0..<count).map { index in
      Float(bitPattern: UInt32(first + (last - first) / (count - 1) * index))
    }
  }

  private func values(
    _ function: @convention(c) (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void,
    of numbers: [Float]
  ) -> [Float] {
    var result = [Float](repeating: 0, count: numbers.count)
    function(numbers.count, numbers, &result)
    return result
  }

  /// The largest |f − g|/scale(g).
  private func largestError(
    _ approximations: [Float], _ numbers: [Float], scale: (Double) -> Double = { abs($0) },
    _ exact: (Double) -> Double
  ) -> Double {
    zip(approximations, numbers).reduce(0) { largest, pair in
      let value = exact(Double(pair.1))
      return max(largest, abs(Double(pair.0) - value) / scale(value))
    }
  }

  @Test func `exp is exact to a relative 1e-7 and stays finite and normal`() {
    let magnitudes = floats(1e-20, 87.3)
    let numbers = magnitudes + magnitudes.map(-)
    for probe in Self.probes {
      #expect(largestError(values(probe.exp, of: numbers), numbers) { Foundation.exp($0) } < 1e-7)
      let extremes = values(probe.exp, of: [-1e30, 1e30, -.infinity, .infinity])
      #expect(extremes.allSatisfy { $0.isNormal })
      #expect(values(probe.exp, of: [.nan])[0].isNaN)
    }
  }

  @Test func `log is exact to 1e-7 of itself, or of 1 where it is small`() {
    let numbers = floats(.leastNormalMagnitude, .greatestFiniteMagnitude) + floats(0.5, 2)
    for probe in Self.probes {
      func scale(_ value: Double) -> Double { max(1, abs(value)) }
      let error = largestError(values(probe.log, of: numbers), numbers, scale: scale) {
        Foundation.log($0)
      }
      #expect(error < 1e-7)
    }
  }

  @Test func `erf is exact to a relative 4e-7`() {
    let magnitudes = floats(1e-20, 10)
    let numbers = magnitudes + magnitudes.map(-)
    for probe in Self.probes {
      #expect(largestError(values(probe.erf, of: numbers), numbers) { Foundation.erf($0) } < 4e-7)
    }
  }

  @Test func `the exponential integral's residue is exact to a relative 8e-7`() {
    let numbers = floats(1e-6, 1e4, count: 1 << 14)
    for probe in Self.probes {
      let error = largestError(values(probe.exponential_integral_residue, of: numbers), numbers) {
        residue($0)
      }
      #expect(error < 8e-7)
    }
  }

  /// 1/(eˣE₁(x)) − x by E₁'s continued fraction (Abramowitz & Stegun 5.1.22), or its power series.
  private func residue(_ x: Double) -> Double {
    if x < 1 {
      var (term, sum) = (1.0, 0.0)
      for k in 1..<40 {
        term *= -x / Double(k)
        sum -= term / Double(k)
      }
      let integral = sum - Foundation.log(x) - 0.57721566490153286
      return 1 / (Foundation.exp(x) * integral) - x
    }
    // 1/(eˣE₁(x)) = x + 1/(1 + 1/(x + 2/(1 + 2/(x + …)))): all but the x is the residue.
    var rest = 0.0
    for k in stride(from: 20_000 / max(1, Int(x)) + 40, to: 0, by: -1) {
      rest = Double(k) / (1 + Double(k) / (x + rest))
    }
    return rest
  }
}
