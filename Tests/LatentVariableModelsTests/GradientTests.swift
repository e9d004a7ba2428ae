import CKernels
import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// The reference step against central differences of its objective, and every engine's step against
/// the reference.
@Suite struct GradientTests {
  @Test(
    arguments: GradientCase.independent + GradientCase.atoms + GradientCase.directional.prefix(3)
      + GradientCase.scaled.prefix(4))
  func `the reference's gradient is the derivative of its objective`(_ test: GradientCase) {
    var reference = test.reference
    let (data, noise) = (test.data.selectingRows(0..<9), test.noise)
    func objective(_ step: inout ReferenceStep) -> Double {
      step.differentiate(data, divergenceWeight: 0.7, noise: noise).objective
    }
    _ = objective(&reference)
    for (name, slopes) in reference.gradient where !name.hasPrefix("noise_direction") {
      // A spike's size is no parameter that is learned.
      if test.posterior == .poisson, name == "prior_log_scale" { continue }
      // A handful of elements of each tensor, spread over it.
      for index in stride(from: 0, to: slopes.count, by: max(1, slopes.count / 5)) {
        let expected = derivative(at: reference.values[name]?[index] ?? .nan, step: 2e-5) { value in
          var moved = reference
          moved.values[name]?[index] = value
          return objective(&moved)
        }
        #expect(
          abs(slopes[index] - expected) < 1e-6 * (1 + abs(expected)),
          "\(name)[\(index)]: \(slopes[index]), \(expected)")
      }
    }
  }

  @Test(arguments: GradientCase.all)
  func `every engine's gradient is the reference's`(_ test: GradientCase) {
    var reference = test.reference
    let objective = reference.differentiate(
      test.data, divergenceWeight: 0.7, noise: test.noise
    ).objective
    let levels = (0...svae_cpu_level()).map { PanelProducts(level: $0) as any DenseProducts }
    for products in levels + [BLASProducts()] {
      let (step, result) = test.step(products: products)
      let found = result.negativeLogLikelihood + 0.7 * result.divergence
      #expect(abs(found - objective) < 2e-5 * abs(objective))
      // The noise that directions share is not learned beside their own.
      if test.noiseShape == .perDirection { reference.gradient["noise_log_scale"] = [0] }
      for tensor in step.model.layout.namedTensors(of: step.gradient) {
        let expected = reference.gradient[tensor.name] ?? []
        #expect(tensor.elements.count == expected.count)
        let errors = zip(tensor.elements, expected).map { found, expected in
          abs(Double(found) - expected) / (1 + abs(expected))
        }
        let worst = errors.max() ?? 0
        #expect(worst < 2e-4, "\(type(of: products)) \(tensor.name): \(worst)")
      }
    }
  }

  struct StepCase: CustomTestStringConvertible {
    var test: GradientCase
    var change: String
    var testDescription: String { "\(test.testDescription), \(change)" }
  }

  /// Every prior and posterior with every constraint; then clipping, and other parts.
  static let steps: [StepCase] =
    ConstraintTests.cases.flatMap { constraint in
      PriorFamily.withDensity.flatMap { prior in
        PosteriorFamily.withDensity.map { posterior in
          var test = GradientCase(prior: prior, posterior: posterior)
          test.constraint = constraint.constraint
          return StepCase(test: test, change: constraint.testDescription)
        }
      }
    }
    + clipped + GradientCase.structured.map { StepCase(test: $0, change: "structured") } + fitted

  /// Adam fused into the gradient, and after clipping.
  private static let clipped: [StepCase] =
    (GradientCase.independent.suffix(8) + GradientCase.atoms + GradientCase.directional).flatMap {
      test -> [StepCase] in
      [nil, 0.5].map { limit in
        var test = test
        test.settings.clippingNorm = limit
        test.constraint = UnitNorm()
        return StepCase(test: test, change: limit == nil ? "fused" : "clipped")
      }
    }

  /// Scales that follow the latents.
  private static let fitted: [StepCase] = {
    let priors = PriorFamily.withDensity.map { GradientCase(prior: $0, likelihood: .exact) }
    let contrasts = GradientCase.structured.filter { $0.contrast != nil }
    let fitted = (priors + contrasts + GradientCase.atoms + GradientCase.scaled).map { test in
      var test = test
      test.settings.priorScaleUpdate = .empiricalBayes
      return StepCase(test: test, change: "empirical Bayes")
    }
    return fitted + GradientCase.scaled.map { StepCase(test: $0, change: "gradient") }
  }()

  /// Adam's first step is lr·g/(|g| + ε'): where g is within its own error of 0, any step is right.
  @Test(arguments: steps) func `a step is the reference's`(_ step: StepCase) {
    let test = step.test
    var reference = test.reference
    let fast = TrainingStep(
      test.model, test.settings, constraint: test.constraint, team: ThreadTeam(count: 2))
    _ = fast.run(
      test.data, rows: (0..<Int32(GradientCase.patches)).map { $0 }[...], GradientCase.now)
    reference.run(test.data, GradientCase.now, noise: test.noise)
    for tensor in fast.model.namedTensors {
      let slopes = reference.gradient[tensor.name] ?? []
      let expected = reference.values[tensor.name] ?? []
      let size = slopes.map { abs($0) }.max() ?? 0
      for (index, found) in tensor.elements.enumerated()
      where abs(slopes[index]) > 1e-3 * (size + 1e-3) {
        #expect(
          abs(Double(found) - expected[index]) < 2e-5,
          "\(tensor.name)[\(index)]: \(found), \(expected[index]), gradient \(slopes[index])")
      }
    }
  }

  /// The optimiser moves v in φ = g·v/‖v‖; v starts at ‖v‖ = 1 here, and g at ‖φ‖.
  @Test func `weight normalization passes on the gradient by v`() {
    for learnsGain in [false, true] {
      var test = GradientCase()
      test.constraint = WeightNormalization(learnsGain: learnsGain)
      let (step, _) = test.step()
      let latents = GradientCase.latents
      let gradient =
        step.model.layout.namedTensors(of: step.gradient)
        .first { $0.name == "decoder.weight" }?.elements ?? []
      let reference = test.reference
      for k in [0, 3] {
        let filter = test.model.filters.row(k).map { Double($0) }
        for pixel in [0, 5] {
          let expected = derivative(at: filter[pixel], step: 2e-4) { value in
            var v = filter
            v[pixel] = value
            let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
            var moved = reference
            for (d, element) in v.enumerated() {
              moved.values["decoder.weight"]?[d * latents + k] = element / norm
            }
            return moved.differentiate(test.data, divergenceWeight: 0.7, noise: test.noise)
              .objective
          }
          let found = Double(gradient[pixel * latents + k])
          #expect(abs(found - expected) < 5e-3 * (1 + abs(expected)), "\(found), \(expected)")
        }
      }
    }
  }

  @Test func `the tangent gradient has no component along the filter`() {
    var test = GradientCase()
    func gradient(_ test: GradientCase) -> Matrix {
      let (step, _) = test.step()
      var model = step.model
      model.parameters = step.gradient
      return model.filters
    }
    let plain = gradient(test)
    test.constraint = UnitNorm(tangent: true)
    let tangent = gradient(test)
    for k in 0..<GradientCase.latents {
      let filter = test.model.filters.row(k).map { Double($0) }
      let (g, t) = (plain.row(k).map { Double($0) }, tangent.row(k).map { Double($0) })
      let along = zip(g, filter).reduce(0) { $0 + $1.0 * $1.1 }
      let left = zip(t, filter).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left) < 1e-4 * (1 + abs(along)))
      for d in filter.indices {
        #expect(abs(t[d] - (g[d] - along * filter[d])) < 1e-4 * (1 + abs(g[d])))
      }
    }
  }
}
