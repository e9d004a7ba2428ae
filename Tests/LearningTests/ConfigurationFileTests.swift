import Distributions
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Learning

@Suite struct ConfigurationFileTests {
  /// The configuration that a file of this text gives.
  private func read(_ text: String) throws -> SparseVAEConfiguration {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "c.yaml")
      try Data(text.utf8).write(to: file)
      var changes = SettingChanges<SparseVAEConfiguration>()
      try changes.add(file: file)
      return changes.applied(to: SparseVAEConfiguration())
    }
  }

  @Test func `a configuration survives its file`() throws {
    var configuration = SparseVAEConfiguration()
    configuration.data.preparation.resolve(for: .whole)
    configuration.data.preparation.rejectsVarianceBelow = 0.1
    configuration.data.preparation.variable = ""
    configuration.data.preparation.imageAxis = .first
    configuration.data.preparation.patchHeight = 1
    configuration.data.preparation.memory = 1
    configuration.data.source = "photos: \"#1\"/süß"
    configuration.data.preparation.seed = .max
    configuration.model.priorScale = 0.1 + 0.2
    configuration.model.noiseLogScale = -.pi
    configuration.model.encoder = .init(trunk: [], mean: [3, 4], logScale: [5, 6])
    configuration.training.learningRate = 5e-324
    configuration.training.schedule = .cosine
    configuration.training.clippingNorm = .infinity
    for configuration in [configuration, SparseVAEConfiguration(), .defaults(for: .whole)] {
      #expect(try read(configuration.yaml) == configuration, "\(configuration.yaml)")
    }
  }

  @Test func `numbers are written as people write them, in all their digits`() throws {
    var configuration = SparseVAEConfiguration()
    configuration.training.learningRate = 0.001
    configuration.model.priorScale = 0.1 + 0.2
    configuration.model.logScaleRange = [-7, 4.1]
    for line in [
      "  learningRate: 0.001\n", "  priorScale: 0.30000000000000004\n",
      "  logScaleRange: [-7, 4.1]\n",
    ] {
      #expect(configuration.yaml.contains(line), "\(configuration.yaml)")
    }
  }

  /// So that it resumes to the same bits.
  @Test func `a run from before there was an exact likelihood stays sampled`() throws {
    try withTemporaryFolder { folder in
      var configuration = SparseVAEConfiguration()
      configuration.training.epochs = 7
      configuration.model.likelihood = .sampled
      let older = configuration.yaml.split(separator: "\n")
        .filter { !$0.contains("likelihood:") }.joined(separator: "\n")
      let file = folder.appending(path: "config.yaml")
      try Data(older.utf8).write(to: file)
      #expect(try SparseVAEConfiguration(contentsOf: file) == configuration)
      #expect(try SparseVAEConfiguration(yaml: older, file: file) == configuration)
      #expect(try read(older).model.likelihood == .exact)
    }
  }

  @Test func `a file changes what it names and nothing else`() throws {
    var expected = SparseVAEConfiguration()
    expected.model.latents = 20
    expected.model.encoder.trunk = [5, 6]
    expected.training.learnsNoise = true
    expected.data.preparation.heldOutPatches = 10
    #expect(
      try read(
        """
        # A comment
        model: {latents: 20, encoder: {trunk: [5, 6]}}
        data:
          heldOutPatches: 10
        training:
          learnsNoise: true
        """) == expected)
    for empty in ["", "# nothing\n", "---\n"] {
      #expect(try read(empty) == SparseVAEConfiguration(), "\(empty)")
    }
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    var text: String
    /// What follows the file's name.
    var message: String
    var testDescription: String { text.replacing("\n", with: " ⏎ ") }
  }

  static let faults = [
    Fault(
      text: "model:\n  latents: 3\n\n  priors: laplace\n",
      message: "line 4: unknown setting model.priors; did you mean model.prior?"),
    Fault(
      text: "modle: 3\n", message: "line 1: unknown setting modle; did you mean model?"),
    Fault(
      text: "beauty: 3\n",
      message: "line 1: unknown setting beauty; expected one of data, model, training"),
    Fault(
      text: "epochs: 3\n",
      message: "line 1: unknown setting epochs; did you mean training.epochs?"),
    Fault(
      text: "model:\n  beauty: 3\n",
      message: "line 2: unknown setting model.beauty; expected one of latents, encoder, prior"),
    Fault(
      text: "model:\n  latents:\n", message: "line 2: model.latents: null; expected a whole number"),
    Fault(
      text: "model:\n  encoder:\n    trunk:\n      - 8\n      - x\n",
      message: "line 5: model.encoder.trunk[1]: x; expected a whole number"),
    Fault(
      text: "model:\n  latents: many\n",
      message: "line 2: model.latents: many; expected a whole number"),
    Fault(
      text: "model:\n  latents: 1.5\n",
      message: "line 2: model.latents: 1.5; expected a whole number"),
    Fault(
      text: "# first\ntraining:\n  learningRate: fast\n",
      message: "line 3: training.learningRate: fast; expected a number"),
    Fault(
      text: "training:\n  learnsNoise: perhaps\n",
      message: "line 2: training.learnsNoise: perhaps; expected true or false"),
    Fault(
      text: "training:\n  seed: -1\n",
      message: "line 2: training.seed: -1; expected a whole number, 0 or more"),
    Fault(
      text: "model:\n  prior: laplacian\n",
      message: "line 2: model.prior: laplacian; expected laplace, gaussian, cauchy, student-t"),
    Fault(
      text: "data:\n  whitening: white\n",
      message: "line 2: data.whitening: white; expected "),
    Fault(
      text: "model:\n  encoder:\n    trunk: 1024\n",
      message: "line 3: model.encoder.trunk: 1024; expected a list such as [1, 2]"),
    Fault(
      text: "model:\n  encoder:\n    trunk: [8, x]\n",
      message: "line 3: model.encoder.trunk[1]: x; expected a whole number"),
    Fault(
      text: "model: 3\n", message: "line 1: model: a value where keys belong; expected latents"),
    Fault(
      text: "just words\n",
      message: "line 1: a value where keys belong; expected data, model, training"),
    Fault(text: "model:\n  - 3\n", message: "line 2: model: a value where keys belong"),
    Fault(text: "model: {latents: [1\n", message: "is not YAML: "),
    Fault(text: "model:\n\tlatents: 3\n", message: "is not YAML: "),
    Fault(text: "model:\n  latents: 3\n  latents: 4\n", message: "is not YAML: "),
    Fault(
      text: (0..<9).map { level in
        let values = Array(repeating: level == 0 ? "1" : "*t\(level - 1)", count: 10)
        return "t\(level): &t\(level) [\(values.joined(separator: ","))]\n"
      }.joined(), message: "unfolds to more than 100,000 values"),
  ]

  @Test(arguments: faults) func `a fault is told with file and line`(_ fault: Fault) {
    let error = #expect(throws: RunError.self) { _ = try read(fault.text) }
    let text = error?.description ?? ""
    #expect(text.contains("c.yaml: \(fault.message)"), "\(text)")
  }

  @Test func `a file that is not there, or no text, is named`() throws {
    try withTemporaryFolder { folder in
      var changes = SettingChanges<SparseVAEConfiguration>()
      let missing = #expect(throws: RunError.self) {
        try changes.add(file: folder.appending(path: "no.yaml"))
      }
      #expect(missing?.description.contains("no.yaml: no such file") == true)
      let file = folder.appending(path: "bytes.yaml")
      try Data([0xFF, 0xFE, 0x00, 0xD8]).write(to: file)
      let bytes = #expect(throws: RunError.self) { try changes.add(file: file) }
      #expect(bytes?.description.contains("bytes.yaml: cannot be read as text") == true)
    }
  }

  @Test func `settings lie over the file, and name themselves where they are wrong`() throws {
    var changes = SettingChanges<SparseVAEConfiguration>()
    try changes.add(setting: "training.epochs=3")
    try changes.add(setting: "model.encoder.trunk=[7, 8]")
    try changes.add(setting: "training.epochs=4")
    try changes.add(setting: "data.source=a=b")
    let configuration = changes.applied(to: SparseVAEConfiguration())
    #expect(configuration.training.epochs == 4)
    #expect(configuration.model.encoder.trunk == [7, 8])
    #expect(configuration.data.source == "a=b")
    for (setting, message) in [
      ("training", "--set training; expected key=value"),
      ("=3", "--set =3; expected key=value"),
      ("training.epochs=", "--set training.epochs="),
      ("training.epochs=x", "--set training.epochs=x: training.epochs: x; expected a whole number"),
      ("training.foo=1", "--set training.foo=1: unknown setting training.foo"),
      ("training=1", "--set training=1: training: a value where keys belong"),
    ] {
      let error = #expect(throws: RunError.self) { try changes.add(setting: setting) }
      #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }
  }

  struct Range: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout SparseVAEConfiguration) -> Void

    init(_ key: String, _ change: @escaping @Sendable (inout SparseVAEConfiguration) -> Void) {
      testDescription = key
      self.change = change
    }
  }

  static let ranges = [
    Range("model.latents") { $0.model.latents = 0 },
    Range("model.latents") { $0.model.latents = .max },
    Range("model.encoder.trunk") { $0.model.encoder.trunk = [8, 0] },
    Range("model.encoder.logScale") { $0.model.encoder.mean = [8] },
    Range("model.priorScale") { $0.model.priorScale = .nan },
    Range("model.noiseLogScale") { $0.model.noiseLogScale = .infinity },
    Range("model.logScaleRange") { $0.model.logScaleRange = [1, 0] },
    Range("model.logScaleRange") { $0.model.logScaleRange = [1] },
    Range("training.epochs") { $0.training.epochs = 0 },
    Range("training.epochs") { $0.training.epochs = .max },
    Range("training.batchSize") { $0.training.batchSize = 0 },
    Range("training.learningRate") { $0.training.learningRate = 0 },
    Range("training.learningRate") { $0.training.learningRate = .nan },
    Range("training.finalRateRatio") { $0.training.finalRateRatio = 0 },
    Range("training.warmupEpochs") { $0.training.warmupEpochs = -1 },
    Range("training.samples") { $0.training.samples = 0 },
    Range("training.clippingNorm") { $0.training.clippingNorm = 0 },
    Range("training.adam.beta1") { $0.training.adam.beta1 = 1 },
    Range("training.adam.beta2") { $0.training.adam.beta2 = -0.1 },
    Range("training.adam.epsilon") { $0.training.adam.epsilon = 0 },
    Range("data.patchSize") { $0.data.preparation.patchSize = .max },
    Range("data.patches") { $0.data.preparation.patches = .max },
    Range("data.heldOutPatches") { $0.data.preparation.heldOutPatches = .max },
    Range("data.border") { $0.data.preparation.border = .max },
  ]

  @Test(arguments: ranges) func `a value out of its range is named with the range`(_ range: Range) {
    var configuration = SparseVAEConfiguration()
    range.change(&configuration)
    let error = #expect(throws: RunError.self) { try configuration.validate() }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(range.testDescription) is "), "\(text)")
    #expect(text.contains("; expected "), "\(text)")
  }
}
