import Compute
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Learning

/// Runs that begin with another run's model.
@Suite struct StartingModelTests {
  private func configuration(from run: RunFolder) throws -> SparseVAEConfiguration {
    var given = SmallRun().configuration
    given.model.initFrom = run.url.path
    var configuration = try given.base(for: .cut)
    configuration.data = given.data
    configuration.training = given.training
    return configuration
  }

  @Test func `a run begins with the other's model, and the same bits each time`() throws {
    try withTemporaryFolder { folder in
      var first = SmallRun()
      first.configuration.training.learnsNoise = true
      let start = try first.train(at: folder.appending(path: "first"))
      let model = try TrainedRun<SparseVAEConfiguration>(start).model
      var second = SmallRun()
      second.configuration = try configuration(from: start)
      // The noise that was learned, not the one that it was learned from.
      #expect(second.configuration.model.noiseLogScale != first.configuration.model.noiseLogScale)
      let shape = try second.configuration.modelConfiguration(pixels: 64)
      #expect(try second.configuration.startingModel(shape)?.namedTensors == model.namedTensors)
      let files = try ["a", "b"].enumerated().map { index, name in
        let run = try second.train(at: folder.appending(path: name), threads: index + 1)
        return try Data(contentsOf: run.modelFile)
      }
      #expect(files[0] == files[1])
      let kept = try RunFolder(existing: folder.appending(path: "a"))
        .configuration(of: SparseVAEConfiguration.self)
      #expect(kept.model.initFrom == start.url.standardizedFileURL.path)
      // A resumed run goes on from its checkpoint, not from the first model.
      let stopped = try second.train(at: folder.appending(path: "c"), stopAfter: 4)
      try second.resume(stopped)
      #expect(try Data(contentsOf: stopped.modelFile) == files[0])
    }
  }

  @Test func `its noise and prior are those of the settings`() throws {
    try withTemporaryFolder { folder in
      let start = try SmallRun().train(at: folder.appending(path: "first"))
      var configuration = try configuration(from: start)
      configuration.model.noiseLogScale = -0.5
      configuration.model.prior = .cauchy
      let shape = try configuration.modelConfiguration(pixels: 64)
      let model = try #require(try configuration.startingModel(shape))
      #expect(abs(model.noiseVariance - exp(-1)) < 1e-6)
      #expect(type(of: model.prior).name == "cauchy")
    }
  }

  @Test func `a model of another shape is refused with both shapes`() throws {
    try withTemporaryFolder { folder in
      let start = try SmallRun().train(at: folder.appending(path: "first"))
      var configuration = try configuration(from: start)
      configuration.model.latents = 7
      configuration.model.encoder.trunk = [9, 9]
      let shape = try configuration.modelConfiguration(pixels: 49)
      let error = #expect(throws: RunError.self) { try configuration.startingModel(shape) }
      let text = error?.description ?? ""
      for part in [
        "first: its model has 64 pixels in a patch, not 49", "20 latents, not 7",
        "[32] as the encoder's layers, not [9, 9]", "leave these settings out",
      ] {
        #expect(text.contains(part), "\(text)")
      }
      configuration.model.initFrom = folder.appending(path: "none").path
      let missing = #expect(throws: (any Error).self) { try configuration.startingModel(shape) }
      #expect("\(missing as Any)".contains("none: no such folder"))
    }
  }
}
