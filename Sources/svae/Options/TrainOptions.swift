import ArgumentParser
import Distributions
import Filters
import Foundation
import ImageData
import Runs
import SparseCodingVAE

extension PriorFamily: ExpressibleByArgument {}
extension PosteriorFamily: ExpressibleByArgument {}
extension ConstraintFamily: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

/// Defaults for the help's text.
private let natural = RunConfiguration.defaults(for: .cut)
private let digits = RunConfiguration.defaults(for: .whole)

/// "169; 400 for small images": a default, by kind of data where they differ.
private func defaultText<Value>(_ path: KeyPath<RunConfiguration, Value>) -> String {
  func text(_ value: Value) -> String {
    (value as? [Int]).map { $0.map(String.init).joined(separator: ",") } ?? "\(value)"
  }
  let (a, b) = (text(natural[keyPath: path]), text(digits[keyPath: path]))
  return a == b ? "(default: \(a))" : "(default: \(a); \(b) for small images such as digits)"
}

/// What training can be told on the command line. Each option overrides the configuration file.
struct TrainOptions: LearningOptions {
  @Option(
    help: ArgumentHelp(
      "A YAML file with settings, as config.yaml in a run.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting of the configuration, such as training.samples=2; may be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  @OptionGroup var patches: PatchOptions

  @Option(
    help: ArgumentHelp(
      """
      Leave out patches with less than this share of the mean variance. (default: 0.1; 0 for small \
      images such as digits)
      """, valueName: "share"))
  var rejectVarianceBelow: Double?

  @Flag(help: "Leave out files that cannot be read, and list them.")
  var skipUnreadable = false

  @Flag var luminance: Luminance?

  @Option(
    help: ArgumentHelp(
      """
      Memory for training patches; more of them stay on disk, and are read or cut shard by shard \
      while training. (default: all in memory)
      """, valueName: "MB"))
  var memoryBudget: Int?

  @OptionGroup var arrays: ArrayOptions

  @Option(help: "Number of latents, and of filters. \(defaultText(\.model.latents))")
  var latents: Int?

  @Option(
    help: ArgumentHelp(
      """
      Widths of the encoder's layers, such as 1024,1024. \(defaultText(\.model.encoder.trunk))
      """, valueName: "widths"))
  var trunk: String?

  @Flag(
    help: """
      The encoder of Geadah et al. 2024: 128, then 256,256 for the mean and 512,512 for the log \
      scale.
      """)
  var geadahEncoder = false

  @Option(help: "The latents' prior. \(defaultText(\.model.prior.rawValue))")
  var prior: PriorFamily?

  @Option(help: "The prior's scale s. \(defaultText(\.model.priorScale))")
  var priorScale: Double?

  @Flag(help: "Learn the prior's scale, one number for all latents.")
  var learnPriorScale = false

  @Option(help: "The posterior's family. \(defaultText(\.model.posterior.rawValue))")
  var posterior: PosteriorFamily?

  @Option(
    parsing: .unconditional, help: """
      Natural logarithm of the noise's standard deviation, in units of a pixel's. \
      \(defaultText(\.model.noiseLogScale))
      """)
  var noiseLogScale: Double?

  @Flag(help: "Learn the noise's standard deviation.")
  var learnNoise = false

  @Option(help: "What holds the decoder's filters. \(defaultText(\.model.constraint.rawValue))")
  var constraint: ConstraintFamily?

  @Flag(
    inversion: .prefixedNo, help: """
      With unit-norm: remove the gradient's component along each filter. \
      \(defaultText(\.model.tangent))
      """)
  var tangent: Bool?

  @Flag(help: "With weight-norm: learn the filters' gains.")
  var learnGain = false

  @Option(help: "Passes over the training patches. \(defaultText(\.training.epochs))")
  var epochs: Int?

  @Option(
    name: .customLong("batch"), help: "Patches in a batch. \(defaultText(\.training.batchSize))")
  var batchSize: Int?

  @Option(help: "Adam's learning rate. \(defaultText(\.training.learningRate))")
  var learningRate: Double?

  @Option(
    help: """
      The decoder's learning rate over the encoder's. \(defaultText(\.training.decoderRateFactor))
      """)
  var decoderRateFactor: Double?

  @Option(help: "How the learning rate falls. \(defaultText(\.training.schedule.rawValue))")
  var schedule: LearningRateSchedule?

  @Option(help: "The last learning rate over the first. \(defaultText(\.training.finalRateRatio))")
  var finalRateRatio: Double?

  @Option(
    help: """
      Epochs over which the weight of the KL divergence rises to 1. \
      \(defaultText(\.training.warmupEpochs))
      """)
  var klWarmupEpochs: Double?

  @Option(
    help: """
      Epochs at the end of which filters that duplicate another begin anew. \
      \(defaultText(\.training.revivalEpochs))
      """)
  var reviveEpochs: Int?

  @Option(help: "Samples of the latents for each patch. \(defaultText(\.training.samples))")
  var samples: Int?

  @Option(help: "Largest norm of the gradient. (default: none)")
  var clipNorm: Double?

  @Option(
    help: """
      Numbers in which training multiplies: mixed is faster, on processors with bfloat16. \
      \(defaultText(\.training.precision.rawValue))
      """)
  var precision: Precision?

  @Option(help: "Seed of everything random. \(defaultText(\.training.seed))")
  var seed: UInt64?

  func apply(to configuration: inout RunConfiguration) {
    func set<Value>(_ path: WritableKeyPath<RunConfiguration, Value>, _ value: Value?) {
      if let value { configuration[keyPath: path] = value }
    }
    patches.apply(to: &configuration.data.preparation)
    if let rejectVarianceBelow {
      configuration.data.preparation.rejectsVarianceBelow = rejectVarianceBelow
    }
    set(\.data.preparation.skipsUnreadable, skipUnreadable ? true : nil)
    set(\.data.preparation.luminance, luminance)
    if let memoryBudget { configuration.data.preparation.memory = memoryBudget }
    arrays.apply(to: &configuration.data.preparation)
    set(\.model.latents, latents)
    if geadahEncoder {
      configuration.model.encoder = .init(trunk: [128], mean: [256, 256], logScale: [512, 512])
    }
    if let trunk {
      configuration.model.encoder = .init(trunk: Self.widths(trunk) ?? [])
    }
    set(\.model.prior, prior)
    set(\.model.priorScale, priorScale)
    set(\.training.learnsPriorScale, learnPriorScale ? true : nil)
    set(\.model.posterior, posterior)
    set(\.model.noiseLogScale, noiseLogScale)
    set(\.training.learnsNoise, learnNoise ? true : nil)
    set(\.model.constraint, constraint)
    set(\.model.tangent, tangent)
    set(\.model.learnsGain, learnGain ? true : nil)
    set(\.training.epochs, epochs)
    set(\.training.batchSize, batchSize)
    set(\.training.learningRate, learningRate)
    set(\.training.decoderRateFactor, decoderRateFactor)
    set(\.training.schedule, schedule)
    set(\.training.finalRateRatio, finalRateRatio)
    set(\.training.warmupEpochs, klWarmupEpochs)
    set(\.training.revivalEpochs, reviveEpochs)
    set(\.training.samples, samples)
    if let clipNorm { configuration.training.clippingNorm = clipNorm }
    set(\.training.precision, precision)
    set(\.training.seed, seed)
    set(\.data.preparation.seed, seed)
  }

  mutating func validate() throws {
    if let trunk, Self.widths(trunk) == nil {
      throw ValidationError("'--trunk \(trunk)': expected whole numbers such as 1024,1024.")
    }
  }

  /// "1024,1024" as numbers; nil where it is none.
  private static func widths(_ text: String) -> [Int]? {
    let numbers = text.split(separator: ",").map { Int($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }
}

/// What every command that computes can be told.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads to compute on. Results do not depend on it. (default: all processors)")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Print nothing but results and errors.")
  var quiet = false

  mutating func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("'--threads \(threads)': expected a number from 1 to 1024.")
    }
  }
}
