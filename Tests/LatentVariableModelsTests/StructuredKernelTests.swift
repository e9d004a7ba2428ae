import CKernels
import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// The structured posterior's kernels in float32 against double precision.
@Suite struct StructuredKernelTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    let pixels, latents: Int
    var testDescription: String { "\(latents) latents of \(pixels) pixels" }
  }

  /// Fewer latents than pixels, and more of them than what makes the smaller matrix D × D.
  static let shapes = [
    Shape(pixels: 20, latents: 11), Shape(pixels: 24, latents: 28), Shape(pixels: 7, latents: 40),
  ]

  /// Filters of norms around `norm`, some patches, and an encoder that says something.
  private static func model(_ shape: Shape, norm: Double, contrast: Double? = nil) -> SparseVAE {
    var model = SparseVAE(
      ModelConfiguration(
        pixels: shape.pixels, latents: shape.latents, network: .trunk([16]),
        prior: LaplacePrior(scale: 0.3 / norm), posterior: .structured, contrast: contrast,
        noiseLogScale: -1.7),
      seed: 4)
    var filters = model.filters
    for index in filters.elements.indices {
      filters.elements[index] *= Float(norm * (0.5 + Double(index % 7) / 6))
    }
    model.filters = filters
    return model
  }

  private static func patches(_ shape: Shape, count: Int = 37) -> Matrix {
    var random = RandomStream(seed: 9, purpose: .initialization)
    return Matrix(
      rows: count, columns: shape.pixels,
      elements: (0..<count * shape.pixels).map { _ in Float(random.normal()) })
  }

  /// The moments of each patch in double precision.
  private static func references(_ model: SparseVAE, _ patches: Matrix) -> [StructuredReference] {
    let step = ReferenceStep(model, TrainingSettings(), Unconstrained())
    let heads = Inference(model.with(posterior: .gaussian), team: ThreadTeam(count: 1))
      .encode(patches)
    return (0..<patches.rows).compactMap { row in
      model.parts.latents.structured.map { rule in
        StructuredReference(
          patches.row(row).map { Double($0) },
          heads: (0..<model.configuration.latents).map {
            SIMD4(Double(heads.mean[row, $0]), Double(heads.logScale[row, $0]), 0, 0)
          }, rule, step.structuredDecoder)
      }
    }
  }

  @Test(arguments: shapes, [0.1, 1, 30])
  func `moments and ELBO are those of double precision at every norm`(
    _ shape: Shape, norm: Double
  ) {
    for contrast in [nil, 0.5] {
      let model = Self.model(shape, norm: norm, contrast: contrast)
      let patches = Self.patches(shape)
      let found = Inference(model, team: ThreadTeam(count: 2)).evaluate(patches)
      let references = Self.references(model, patches)
      #expect(references.count == patches.rows)
      let decoder = ReferenceStep(model, TrainingSettings(), Unconstrained())
        .structuredDecoder
      var divergence = 0.0
      for (row, q) in references.enumerated() {
        for k in 0..<shape.latents {
          let deviation = q.variance(k).squareRoot()
          let mean = Double(found.posteriors.mean[row, k])
          #expect(abs(mean - q.mean[k]) < 2e-3 * deviation + 1e-5 * abs(q.mean[k]))
          let ratio = Double.exp(Double(found.posteriors.logScale[row, k])) / deviation
          #expect(abs(ratio - 1) < 5e-3, "\(ratio)")
        }
        if let contrast = q.contrast {
          #expect(abs(Double(found.posteriors.contrast?[row, 0] ?? .nan) - contrast.mean) < 1e-4)
        }
        divergence += q.divergence(decoder).value / Double(patches.rows)
      }
      let total =
        found.divergence.elements.reduce(0) { $0 + Double($1) } / Double(patches.rows)
        + found.jointDivergence
      #expect(abs(total - divergence) < 2e-4 * abs(divergence), "\(total), \(divergence)")
    }
  }

  @Test(arguments: shapes)
  func `a step's gradient is the reference's, whichever matrix is factored`(
    _ shape: Shape
  ) {
    let model = Self.model(shape, norm: 1, contrast: 0.5)
    let patches = Self.patches(shape)
    var settings = TrainingSettings(batch: patches.rows, seed: 3)
    settings.learnsNoise = true
    settings.learnsPriorScale = true
    settings.clippingNorm = .infinity
    let step = TrainingStep(
      model, settings, constraint: Unconstrained(), team: ThreadTeam(count: 3))
    let result = step.run(
      patches, rows: (0..<Int32(patches.rows)).map { $0 }[...],
      StepSettings(step: 1, learningRate: 1e-3, decoderLearningRate: 1e-3))
    var reference = ReferenceStep(model, settings, Unconstrained())
    let expected = reference.differentiate(patches, divergenceWeight: 1) { _, _ in
      [Double](repeating: 0, count: shape.latents)
    }
    #expect(abs(result.negativeELBO - expected.objective) < 2e-5 * abs(expected.objective))
    for tensor in step.model.layout.namedTensors(of: step.gradient) {
      let slopes = reference.gradient[tensor.name] ?? []
      let size = slopes.map { abs($0) }.max() ?? 0
      let worst = zip(tensor.elements, slopes).map { abs(Double($0) - $1) }.max() ?? .nan
      #expect(worst < 2e-4 * (0.1 + size), "\(tensor.name): \(worst) of \(size)")
    }
  }

  @Test func `what is not a number comes through`() {
    let shape = Self.shapes[1]
    var patches = Self.patches(shape)
    patches[5, 3] = .nan
    let found = Inference(Self.model(shape, norm: 1), team: ThreadTeam(count: 1)).encode(patches)
    for row in 0..<patches.rows {
      #expect(found.mean.row(row).allSatisfy { $0.isNaN } == (row == 5))
    }
  }
}

extension StructuredKernelTests {
  /// Means, variances and covariances of many samples of one patch.
  @Test(arguments: shapes) func `samples have the posterior's mean and covariance`(
    _ shape: Shape
  ) {
    let model = Self.model(shape, norm: 1, contrast: 0.5)
    let patch = Self.patches(shape).selectingRows(0..<1)
    let count = 20_000
    let many = Matrix(
      rows: count, columns: shape.pixels,
      elements: (0..<count).flatMap { _ in patch.row(0) })
    let samples = Inference(model, team: ThreadTeam(count: 2)).sample(many, seed: 5)
    let q = Self.references(model, patch)[0]
    for (i, j) in [(0, 0), (1, 1), (0, 1), (2, 5), (shape.latents - 1, 3)] {
      let products = (0..<count).map { row in
        (Double(samples[row, i]) - q.mean[i]) * (Double(samples[row, j]) - q.mean[j])
      }
      let (mean, error) = meanAndStandardError(products)
      #expect(abs(mean - q.covariance[i * shape.latents + j]) < 4 * error)
      let (location, miss) = meanAndStandardError((0..<count).map { Double(samples[$0, i]) })
      #expect(abs(location - q.mean[i]) < 4 * miss)
    }
  }
}
