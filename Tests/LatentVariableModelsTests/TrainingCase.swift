import Compute
import Distributions
import Filters
import Testing

@testable import LatentVariableModels

/// A small model, patches that a sparse code explains, and settings: what training tests vary.
struct TrainingCase: Sendable {
  var posterior = PosteriorFamily.gaussian
  var prior = PriorFamily.laplace
  var network = RecognitionNetwork.trunk([32])
  var constraint: any FilterConstraint = UnitNorm()
  var likelihood = ExpectedLikelihood.exact
  var contrast: Double?
  var refinements = 0
  var noise = NoiseShape.isotropic
  var scalePerLatent = false
  var settings = TrainingSettings()
  var patches = 400
  static let pixels = 36
  static let latents = 21

  init() {
    settings.epochs = 2
    settings.batchSize = 128
    settings.decoderRateFactor = 5
    settings.warmupEpochs = 1
    settings.seed = 7
  }

  var configuration: ModelConfiguration {
    var configuration = ModelConfiguration(
      pixels: Self.pixels, latents: Self.latents, network: network,
      prior: prior.prior(scale: 0.3), posterior: posterior, contrast: contrast,
      refinements: refinements, noiseLogScale: -0.7, noise: noise, likelihood: likelihood)
    configuration.scalePerLatent = scalePerLatent
    return configuration
  }

  /// Each patch is a sum of few of 21 random filters, and noise.
  var data: Matrix {
    var random = RandomStream(seed: 21, purpose: .patchSampling)
    let filters = (0..<Self.latents * Self.pixels).map { _ in random.normal() / 6 }
    var matrix = Matrix(rows: patches, columns: Self.pixels)
    for row in 0..<patches {
      for k in 0..<Self.latents where random.uniform() < 0.15 {
        let code = 2.5 * random.normal()
        for pixel in 0..<Self.pixels {
          matrix[row, pixel] += Float(code * filters[k * Self.pixels + pixel])
        }
      }
      for pixel in 0..<Self.pixels { matrix[row, pixel] += Float(0.3 * random.normal()) }
    }
    return matrix
  }

  func trainer(threads: Int, state: TrainerState? = nil) -> Trainer {
    var first = SparseVAE(configuration, seed: settings.seed)
    do { try first.takeNoiseDirections(from: data) } catch { Issue.record(error) }
    return Trainer(
      configuration, settings, constraint: constraint, patches: PatchSupply(data), first: first,
      state: state, team: ThreadTeam(count: threads))
  }

  /// A trainer that has run through all epochs.
  func trained(threads: Int) -> Trainer {
    let trainer = trainer(threads: threads)
    _ = try? trainer.finish()
    return trainer
  }
}

extension TrainingSettings {
  /// The standard settings, but for the batch and the seed.
  init(batch: Int, seed: UInt64) {
    self.init()
    batchSize = batch
    self.seed = seed
  }
}

extension Trainer {
  /// Runs the epochs that are left.
  func finish() throws -> [EpochSummary] {
    var summaries: [EpochSummary] = []
    while !isFinished {
      if let summary = try runEpoch() { summaries.append(summary) }
    }
    return summaries
  }
}

extension TrainerState {
  /// Whether every bit is the same, that of NaN and of zero's sign included.
  func isIdentical(to other: TrainerState) -> Bool {
    func bits(_ state: TrainerState) -> [[UInt32]] {
      (state.model.namedTensors + state.optimizer.namedTensors).map {
        $0.elements.map(\.bitPattern)
      }
    }
    return progress == other.progress && bits(self) == bits(other)
  }
}

extension PosteriorFamily {
  /// Those under which latents are independent.
  static let independent: [PosteriorFamily] = [.gaussian, .laplace]
  /// Those without atoms.
  static let withDensity = allCases.filter { !$0.hasAtom }
}

extension PriorFamily {
  /// Those without atoms.
  static let withDensity = allCases.filter { !$0.hasAtom }
}
