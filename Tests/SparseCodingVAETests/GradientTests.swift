import CKernels
import Compute
import Distributions
import Filters
import TestSupport
import Testing

@testable import SparseCodingVAE

/// The training step's gradient against central differences of `ReferenceObjective`.
@Suite struct GradientTests {
  struct Case: CustomTestStringConvertible {
    var prior: PriorFamily
    var posterior = PosteriorFamily.gaussian
    var network = RecognitionNetwork.trunk([40])
    var learnsScales = true
    var samples = 1
    var testDescription: String { "\(prior) prior, \(posterior) posterior, \(network)" }
  }

  static let cases: [Case] =
    PriorFamily.allCases.flatMap { prior in
      PosteriorFamily.allCases.map { Case(prior: prior, posterior: $0) }
    } + [
      Case(prior: .laplace, network: .branches(trunk: [20], mean: [12, 8], logScale: [33, 9])),
      Case(prior: .laplace, network: .trunk([])),
      Case(prior: .gaussian, network: .trunk([33, 7])),
    ]

  @Test(arguments: cases) func `the gradient is the derivative of the objective`(_ test: Case) {
    let setup = Setup(test)
    for engine in [PanelEngine(), BLASEngine()] as [any DenseEngine] {
      let (gradients, result) = setup.gradients(engine: engine)
      #expect(
        abs(result.negativeLogLikelihood + setup.weight * result.divergence
          - setup.reference.value()) < 2e-5 * abs(setup.reference.value()))
      for tensor in gradients {
        // A handful of elements of each tensor, spread over it.
        let step = max(1, tensor.elements.count / 7)
        for index in Swift.stride(from: 0, to: tensor.elements.count, by: step) {
          let value = Double(setup.reference.tensors[tensor.name]?.elements[index] ?? .nan)
          let expected = derivative(at: value, step: 2e-5) {
            setup.reference.value(tensor.name, index, at: $0)
          }
          let error = abs(Double(tensor.elements[index]) - expected)
          #expect(
            error < 2e-4 * (1 + abs(expected)),
            "\(type(of: engine)) \(tensor.name)[\(index)]: \(tensor.elements[index]), \(expected)")
        }
      }
    }
  }

  /// The optimiser moves v in φ = g·v/‖v‖; v starts at ‖v‖ = 1 here, and g at ‖φ‖.
  @Test func `weight normalization passes on the gradient by v`() {
    for learnsGain in [false, true] {
      var setup = Setup(Case(prior: .laplace))
      setup.constraint = WeightNormalization(learnsGain: learnsGain)
      let (gradients, _) = setup.gradients(engine: PanelEngine())
      guard let weight = gradients.first(where: { $0.name == "decoder.weight" }) else {
        Issue.record("no decoder.weight")
        return
      }
      let (pixels, latents) = (weight.shape[0], weight.shape[1])
      for k in [0, 3] {
        let filter = (0..<pixels).map { Double(setup.model.filters[k, $0]) }
        for pixel in [0, 5] {
          let expected = derivative(at: filter[pixel], step: 2e-4) { value in
            var v = filter
            v[pixel] = value
            let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
            var reference = setup.reference
            for d in 0..<pixels {
              reference.tensors["decoder.weight"]?.elements[d * latents + k] = Float(v[d] / norm)
            }
            return reference.value()
          }
          let found = Double(weight.elements[pixel * latents + k])
          #expect(abs(found - expected) < 5e-3 * (1 + abs(expected)), "\(found), \(expected)")
        }
      }
    }
  }

  @Test func `the tangent gradient has no component along the filter`() {
    var setup = Setup(Case(prior: .laplace))
    let (plain, _) = setup.gradients(engine: PanelEngine())
    setup.constraint = UnitNorm(tangent: true)
    let (tangent, _) = setup.gradients(engine: PanelEngine())
    for (before, after) in zip(plain, tangent) where before.name == "decoder.weight" {
      let latents = before.shape[1]
      for k in 0..<latents {
        let filter = setup.model.filters.row(k).map { Double($0) }
        func column(_ tensor: NamedTensor) -> [Double] {
          filter.indices.map { Double(tensor.elements[$0 * latents + k]) }
        }
        let (g, t) = (column(before), column(after))
        let along = zip(g, filter).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(zip(t, filter).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-4 * (1 + abs(along)))
        for d in filter.indices {
          #expect(abs(t[d] - (g[d] - along * filter[d])) < 1e-4 * (1 + abs(g[d])))
        }
      }
    }
  }

  /// A small model and batch, and the objective's reference on the same noise.
  struct Setup {
    var model: SparseVAE
    var constraint: any FilterConstraint = Unconstrained()
    let patches: Matrix
    let reference: ReferenceObjective
    let weight = 0.7
    private let test: Case

    init(_ test: Case) {
      self.test = test
      let pixels = 10
      let latents = 13
      let configuration = ModelConfiguration(
        pixels: pixels, latents: latents, network: test.network,
        prior: test.prior.prior(scale: 0.6), posterior: test.posterior, noiseLogScale: -0.3)
      model = SparseVAE(configuration, seed: 5)
      var random = RandomStream(seed: 9, purpose: .initialization)
      // Not a multiple of 32: the last block is partly padding. More than one chunk.
      patches = Matrix(
        rows: 45, columns: pixels, elements: (0..<45 * pixels).map { _ in Float(random.normal()) })
      var noise = [Float](repeating: 0, count: 2 * latents * 32)
      let kernels = svae_kernels().pointee.elementwise
      let fill = test.posterior == .gaussian ? kernels.normals : kernels.laplaces
      fill?(2 * latents, 0, 3, 1, RandomPurpose.posteriorNoise.rawValue, &noise)
      reference = ReferenceObjective(
        model, patches: patches,
        noise: (0..<45).map { row in
          (0..<latents).map { Double(noise[(row / 32 * latents + $0) * 32 + row % 32]) }
        }, divergenceWeight: weight)
    }

    func gradients(engine: any DenseEngine) -> ([NamedTensor], StepResult) {
      var options = TrainingStep.Options(batch: patches.rows, seed: 3)
      options.constraint = constraint
      options.clippingNorm = .infinity
      options.learnsNoise = true
      options.learnsPriorScale = true
      let step = TrainingStep(
        model, options, team: ThreadTeam(count: 2), engine: engine)
      let order = patches.rows
      let result = patches.elements.withUnsafeBufferPointer { patches in
        (0..<Int32(order)).map { $0 }.withUnsafeBufferPointer { rows in
          patches.baseAddress.map {
            step.run(
              $0, rows: rows,
              StepSettings(
                step: 1, learningRate: 1e-3, decoderLearningRate: 1e-3, divergenceWeight: weight))
          }
        }
      }
      var gradient = model
      gradient.parameters = step.gradient
      return (
        gradient.namedTensors,
        result
          ?? StepResult(negativeLogLikelihood: .nan, divergence: .nan, squaredError: .nan)
      )
    }
  }
}
