import Compute
import Foundation
import TestSupport
import Testing

@Suite struct SpecialFunctionsTests {
  @Test func `the exponential integral equals SciPy's`() throws {
    let reference = try ReferenceValues.load().exponentialIntegral
    for (index, x) in reference.x.enumerated() {
      let value = SpecialFunctions.exponentialIntegral(x)
      let scaled = SpecialFunctions.scaledExponentialIntegral(x)
      #expect(abs(value / reference.value[index] - 1) < 4e-15, "E₁(\(x))")
      #expect(abs(scaled / reference.scaled[index] - 1) < 4e-15, "exp(x) E₁(x) at \(x)")
    }
  }

  @Test func `the exponential integral equals its definition`() {
    for x in [0.05, 0.7, 1.3, 5] {
      let value = integral(from: log(x), to: log(x + 60)) { exp(-exp($0)) }
      #expect(abs(value / SpecialFunctions.exponentialIntegral(x) - 1) < 1e-10, "x \(x)")
    }
  }

  @Test func `the residue is the logarithmic slope of the scaled exponential integral`() {
    for x in [1e-4, 0.2, 0.8, 1.5, 7, 39, 41, 500] {
      let slope = derivative(at: x, step: x * 1e-3) {
        -log(SpecialFunctions.scaledExponentialIntegral($0))
      }
      let residue = SpecialFunctions.exponentialIntegralResidue(x)
      #expect(abs(slope * x / residue - 1) < 1e-8, "x \(x)")
    }
  }

  @Test func `the exponential integral has its limits`() {
    #expect(SpecialFunctions.exponentialIntegral(0) == .infinity)
    #expect(SpecialFunctions.exponentialIntegral(-1).isNaN)
    #expect(abs(SpecialFunctions.exponentialIntegralResidue(1e12) - 1) < 1e-11)
    let below = SpecialFunctions.exponentialIntegralResidue(1)
    let above = SpecialFunctions.exponentialIntegralResidue(1.0.nextUp)
    #expect(abs(below / above - 1) < 4e-15)
  }
}
