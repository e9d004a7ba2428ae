import ArgumentParser
import CKernels
import Compute
import Distributions
import Filters
import LatentVariableModels

// swift-format-ignore: AvoidRetroactiveConformances
extension Precision: @retroactive ExpressibleByArgument {}

/// A model and a batch size whose training step is measured.
struct TrainingCase: Sendable {
  let name: String
  let pixels: Int
  let latents: Int
  let network: RecognitionNetwork
  let batch: Int
  /// As the peers have it.
  var likelihood = ExpectedLikelihood.sampled
  var posterior = PosteriorFamily.gaussian

  /// The cases of `make bench`; the peers in `peers/` know them by the same names.
  static let all =
    [32, 128, 1024].map {
      TrainingCase(name: "natural", pixels: 144, latents: 169, network: .geadah, batch: $0)
    }
    + [128, 1024].map {
      TrainingCase(
        name: "wide", pixels: 144, latents: 169, network: .trunk([1024, 1024]), batch: $0)
    } + [
      TrainingCase(
        name: "mnist", pixels: 784, latents: 784, network: .trunk([512, 512]), batch: 128)
    ]

  /// The network of `svae train` under each posterior, with 169 and with 400 latents.
  static let posteriors = [169, 400].flatMap { latents in
    [
      (ExpectedLikelihood.sampled, PosteriorFamily.gaussian), (.exact, .gaussian),
      (.exact, .structured),
    ].map { likelihood, posterior in
      TrainingCase(
        name:
          "\(latents) latents, \(posterior == .gaussian ? likelihood.rawValue : posterior.rawValue),",
        pixels: 144, latents: latents, network: .trunk([512, 512]), batch: 64,
        likelihood: likelihood, posterior: posterior)
    }
  }

  var title: String { "\(name) batch \(batch)" }

  var model: SparseVAE {
    SparseVAE(
      ModelConfiguration(
        pixels: pixels, latents: latents, network: network, prior: LaplacePrior(scale: 0.2),
        posterior: posterior, contrast: posterior == .structured ? 0.5 : nil, noiseLogScale: -0.7,
        likelihood: likelihood),
      seed: 1)
  }

  /// Floating-point operations in the products of one step: each weight takes a multiply-add
  /// forward, one for its own gradient, and, but for the first layer, one for its input's.
  var operations: Double {
    let (total, first) = multiplyAdds
    return Double(2 * batch * (3 * total - first))
  }

  /// Floating-point operations in the products that evaluate one patch: all layers, and the decoder
  /// once more for the reconstruction from the posterior's mean.
  var evaluationOperations: Double { Double(2 * (multiplyAdds.total + latents * pixels)) }

  /// Multiply-adds for a patch, forward: of all layers, and of those that read the patch.
  private var multiplyAdds: (total: Int, first: Int) {
    func sum(_ widths: [Int]) -> Int {
      zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let decoder = latents * pixels
    switch network {
    case .trunk(let widths):
      let all = [pixels] + widths + [2 * latents]
      return (sum(all) + decoder, all[0] * all[1])
    case .branches(let trunk, let mean, let logScale):
      let stem = [pixels] + trunk
      let branches = [mean, logScale].map { stem.suffix(1) + $0 + [latents] }
      let total = sum(stem) + branches.reduce(0) { $0 + sum($1) }
      let first = trunk.isEmpty ? branches.reduce(0) { $0 + $1[0] * $1[1] } : stem[0] * stem[1]
      return (total + decoder, first)
    }
  }
}

/// Standard normal numbers in place of patches: time does not depend on what the numbers are.
func randomPatches(_ count: Int, pixels: Int) -> Matrix {
  let groups = (count * pixels + 31) / 32
  var elements = [Float](repeating: 0, count: groups * 32)
  svae_kernels().pointee.elementwise.normals(
    groups, 0, 1, 0, RandomPurpose.patchSampling.rawValue, &elements)
  elements.removeLast(groups * 32 - count * pixels)
  return Matrix(rows: count, columns: pixels, elements: elements)
}

/// Trains one case, step by step, on shuffled rows of random patches.
final class TrainingLoop {
  private let training: TrainingStep
  private let data: Matrix
  private let order: [Int32]
  private let batch: Int
  private var step = 0

  /// - Parameter patches: size of the training set, as large as a real one: rows come from memory.
  init(
    _ benchmark: TrainingCase, precision: Precision, patches: Int = 65_536, team: ThreadTeam
  ) {
    var settings = TrainingSettings()
    settings.batchSize = benchmark.batch
    settings.precision = precision
    training = TrainingStep(
      benchmark.model, settings, constraint: UnitNorm(tangent: false), team: team)
    data = randomPatches(patches, pixels: benchmark.pixels)
    var random = RandomStream(seed: 1, purpose: .shuffling)
    order = random.permutation(of: patches).map { Int32($0) }
    batch = benchmark.batch
  }

  /// Forward, backward, Adam, projection; one batch.
  func callAsFunction() {
    let start = step * batch % (order.count - batch + 1)
    step += 1
    let result = training.run(
      data, rows: order[start..<start + batch],
      StepSettings(step: step, learningRate: 1e-3, decoderLearningRate: 1e-3))
    precondition(result.negativeELBO.isFinite, "training diverged at step \(step)")
  }
}
