import Compute
import Distributions
import Filters
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// A prior's numbers beside its scale, from settings to saved models.
@Suite struct PriorShapeTests {
  @Test func `a run keeps its prior's shape`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.model.prior = .studentT
      var changes = SettingChanges<SparseVAEConfiguration>()
      try changes.add(setting: "model.priorShape.degreesOfFreedom=4.5")
      run.configuration = changes.applied(to: run.configuration)
      #expect(run.configuration.model.priorShape == ["degreesOfFreedom": 4.5])
      let trained = try TrainedRun<SparseVAEConfiguration>(
        run.train(at: folder.appending(path: "run")))
      let prior = try #require(trained.model.prior as? StudentTPrior)
      #expect(prior.degreesOfFreedom == 4.5)
      let saved = try Safetensors(contentsOf: trained.folder.modelFile)
      #expect(saved.metadata["configuration"]?.contains("degreesOfFreedom: 4.5") == true)
    }
  }

  @Test func `a configuration has a shape only where one is given`() {
    #expect(SparseVAEConfiguration().yaml.contains("priorShape: null"))
  }

  @Test(arguments: [
    (PriorFamily.studentT, "degreesOfFreedom", -1.0), (.smoothSpikeAndSlab, "spikeRatio", 2),
    (.laplace, "degreesOfFreedom", 3), (.horseshoe, "sparsity", 0.5),
  ])
  func `a shape that is not the prior's is refused by name`(
    prior: PriorFamily, name: String, value: Double
  ) throws {
    var configuration = SmallRun().configuration
    configuration.model.prior = prior
    configuration.model.priorShape = [name: value]
    let error = #expect(throws: RunError.self) { try configuration.validate() }
    #expect(error?.description.contains(name) == true)
    #expect(error?.description.contains("the \(prior.rawValue) prior") == true)
  }

  @Test(
    arguments: [
      ("laplace", [:], "laplace"),
      ("student-t", ["degreesOfFreedom": 4.5], "student-t degreesOfFreedom=4.5"),
      ("horseshoe", ["floor": 0.01], "horseshoe floor=0.01"),
      (
        "smooth-spike-and-slab", ["sparsity": 0.2],
        "smooth-spike-and-slab sparsity=0.2 spikeRatio=0.1"
      ),
    ] as [(String, [String: Double], String)])
  func `an exported model says all that determines its prior, and imports say it again`(
    name: String, shape: [String: Double], words: String
  ) throws {
    var configuration = SmallRun().configuration
    (configuration.model.prior, configuration.model.priorShape) = (PriorFamily(name: name), shape)
    let model = SparseVAE(try configuration.modelConfiguration(pixels: 64), seed: 1)
    #expect(model.words["prior"] == words)
    try withTemporaryFolder { folder in
      // As from elsewhere: without the configuration, which says it too.
      let file = folder.appending(path: "m.safetensors")
      try Safetensors(tensors: model.exportedTensors, metadata: model.words).encoded()
        .write(to: file)
      let imported = try ModelImport(
        contentsOf: file, ModelImport.Options(), team: ThreadTeam(count: 1))
      #expect(imported.model.words["prior"] == words)
      #expect(imported.model.prior.shape == model.prior.shape)
      #expect(imported.model.priorScale == model.priorScale)
    }
  }

  @Test func `a constraint's numbers are settings like a prior's`() throws {
    var configuration = SmallRun(VarianceMatching.family).configuration
    var changes = SettingChanges<SparseVAEConfiguration>()
    try changes.add(setting: "model.constraintSettings.rate=0.25")
    configuration = changes.applied(to: configuration)
    try configuration.validate()
    let constraint = try #require(try configuration.constraint as? VarianceMatching)
    #expect(constraint.rate == 0.25 && constraint.averaging == 0.01)
    #expect(constraint.goal == Float(try #require(configuration.prior.variance)))
    for wrong in [["rate": -1.0], ["tangent": 1]] {
      configuration.model.constraintSettings = wrong
      let error = #expect(throws: RunError.self) { try configuration.validate() }
      #expect(error?.description.contains("the variance-matching constraint") == true)
    }
  }

  @Test func `a model's prior is the one that its settings describe`() throws {
    for family in PriorFamily.allCases {
      for parameter in try family.type.parameters {
        let value = (parameter.standard + parameter.range.lowerBound) / 2
        let prior = try family.prior(scale: 0.3, shape: [parameter.name: value])
        #expect(prior.shape[parameter.name] == value, "\(family)")
        #expect(prior.scale == 0.3)
      }
    }
    #expect(throws: ParameterError.self) {
      try PriorFamily(name: "laplacian").prior(scale: 1, shape: [:])
    }
  }
}
