import Compute
import Distributions
import Filters
import RealModule
import Testing

@testable import LatentVariableModels

/// What single constraints do beside the laws of all.
extension ConstraintTests {
  @Test func `unit norm's tangent gradient is orthogonal to the filter`() {
    var random = RandomStream(seed: 13, purpose: .initialization)
    let filter = Filter((0..<144).map { _ in Float(random.normal()) }, UnitNorm(tangent: true))
    _ = filter.project()
    for pixel in 0..<144 {
      filter.gradient[pixel] = Float(random.normal()) + 3 * filter.pixels[pixel]
    }
    let before = filter.gradient.array
    filter.prepare()
    let after = filter.gradient.array
    let along = zip(after, filter.pixels.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(along) < 1e-6)
    // What was removed points along the filter.
    for pixel in 0..<144 {
      let removed = Double(before[pixel] - after[pixel])
      let component = zip(before, filter.pixels.array).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
      #expect(abs(removed - component * Double(filter.pixels[pixel])) < 1e-5)
    }
  }

  @Test func `variance matching lengthens the filters of strong codes`() {
    let constraint = VarianceMatching(goal: 0.08, rate: 0.05, averaging: 0.5)
    for (codePower, direction) in [(Float(0.8), 1.0), (0.008, -1.0), (0.08, 0.0)] {
      let filter = Filter([0.6, 0.8], constraint)
      for _ in 0..<20 {
        filter.prepare(codePower: codePower)
        #expect(filter.project())
      }
      if direction == 0 {
        #expect(abs(filter.norm - 1) < 1e-5)
      } else {
        #expect((filter.norm - 1) * direction > 0.1, "power \(codePower): norm \(filter.norm)")
      }
    }
  }

  @Test func `variance matching keeps norms within their range`() {
    let constraint = VarianceMatching(goal: 1e-3, rate: 1, averaging: 1)
    for (codePower, limit) in [(Float(1e6), 20.0), (0, 0.05)] {
      let filter = Filter([0.6, 0.8], constraint)
      for _ in 0..<5 {
        filter.prepare(codePower: codePower)
        #expect(filter.project())
      }
      #expect(abs(filter.norm - limit) < 1e-5 * limit)
    }
  }

  /// One step of Salimans & Kingma's v and g in Double, from the definitions.
  @Test(arguments: [false, true]) func `weight normalization moves v and g`(learnsGain: Bool) {
    let constraint = WeightNormalization(learnsGain: learnsGain)
    let filter = Filter([0.9, -1.2, 0.4], constraint)
    _ = filter.project()
    var v: [Double] = [0.9, -1.2, 0.4]
    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    var g = learnsGain ? norm(v) : 1
    var (m, s) = (0.0, 0.0)
    for step in 1...5 {
      let slope = (0..<3).map { 0.3 * Double(step) - 0.5 * Double($0) }
      for pixel in 0..<3 { filter.gradient[pixel] = Float(slope[pixel]) }
      let adam = Adam().step(step, learningRate: 0.1)
      filter.prepare(adam: adam)
      // v moves by plain gradient descent here; Adam itself is tested elsewhere.
      for pixel in 0..<3 { filter.pixels[pixel] -= 0.05 * filter.gradient[pixel] }
      #expect(filter.project())

      let along = zip(slope, v).reduce(0) { $0 + $1.0 * $1.1 } / norm(v)
      let length = norm(v)
      let gradient = (0..<3).map { g / length * (slope[$0] - along * v[$0] / length) }
      if learnsGain {
        m = 0.9 * m + 0.1 * along
        s = 0.999 * s + 0.001 * along * along
        let t = Double(step)
        g -= 0.1 * (m / (1 - .pow(0.9, t))) / ((s / (1 - .pow(0.999, t))).squareRoot() + 1e-8)
      }
      v = (0..<3).map { v[$0] - 0.05 * gradient[$0] }
      #expect(isClose(Double(filter.state[0]), norm(v), 1e-5), "‖v‖ at step \(step)")
      #expect(isClose(Double(filter.state[1]), g, 1e-5), "g at step \(step)")
      for pixel in 0..<3 {
        #expect(isClose(Double(filter.pixels[pixel]), g * v[pixel] / norm(v), 1e-5))
      }
    }
  }

  @Test func `a fixed gain stays 1 and a gain that falls stays usable`() {
    let fixed = Filter([3, 4], WeightNormalization(learnsGain: false))
    _ = fixed.project()
    #expect(fixed.state[1] == 1 && abs(fixed.norm - 1) < 1e-6)

    // A gradient that pushes the gain down for long: through zero, were it not held.
    let falling = Filter([0.6, 0.8], WeightNormalization(learnsGain: true))
    _ = falling.project()
    for step in 1...40 {
      for pixel in 0..<2 { falling.gradient[pixel] = falling.pixels[pixel] }
      falling.prepare(adam: Adam().step(step, learningRate: 0.1))
      #expect(falling.project(), "step \(step)")
      let once = falling.pixels.array
      #expect(once.allSatisfy { $0.isFinite })
      #expect(falling.project())
      #expect(falling.pixels.array == once, "step \(step): \(once), state \(falling.state)")
    }
  }

  static var smallModel: SparseVAE {
    SparseVAE(
      ModelConfiguration(
        pixels: 16, latents: 5, network: .trunk([8]), prior: LaplacePrior(scale: 0.2),
        noiseLogScale: -0.7), seed: 1)
  }
}
