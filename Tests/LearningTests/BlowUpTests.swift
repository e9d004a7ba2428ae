import Compute
import Foundation
import ImageData
import TestSupport
import Testing

@testable import Learning

/// Runs whose numbers leave the useful range are stopped when that happens.
@Suite struct BlowUpTests {
  /// From here on a run learns in far too large steps, which only tests bring about.
  private func makeWild(_ folder: RunFolder) throws {
    var wild = try folder.configuration(of: SparseVAEConfiguration.self)
    wild.training.learningRate = 5
    wild.model.constraint = .none
    try wild.yaml.write(to: folder.configurationFile, atomically: true, encoding: .utf8)
    try TrainingRunTests.forgetConfigurations(of: folder)
  }

  @Test func `a run is stopped after the epoch in which it blew up, with the checkpoint before`()
    throws
  {
    try withTemporaryFolder { folder in
      var run = SmallRun(.none)
      run.configuration.training.epochs = 20
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 6)
      try makeWild(made)
      let before = try TrainingRunTests.checkpoints(in: made).map { try Data(contentsOf: $0) }
      let resumed = try run.resuming(made)
      let error = #expect(throws: LearningBlewUp.self) { () throws in try resumed.run() }
      let text = try #require(error).description
      #expect(text.hasPrefix("training blew up in epoch 2: reconstructions of validation patches"))
      #expect(text.contains("worse than none (SNR −") && text.contains("lower it"), "\(text)")
      #expect(
        try TrainingRunTests.checkpoints(in: made).map { try Data(contentsOf: $0) } == before)
      #expect(!FileManager.default.fileExists(atPath: made.modelFile.path))
      // The numbers that tell of it are there.
      #expect(try timeless(made.metricsFile).count == 3)
      #expect(
        resumed.afterDivergence.contains("checkpoints/step-00000006.safetensors. Begin again with ")
      )
      #expect(resumed.afterDivergence.hasSuffix("a/config.yaml --learning-rate 0.5"))
      // What cannot be resumed with the rate that it has ends there again.
      #expect(throws: LearningBlewUp.self) { try run.resume(made) }
    }
  }

  @Test func `in the first epoch there is no checkpoint, and none is promised`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun(.none)
      run.configuration.training.learningRate = 9
      let team = ThreadTeam(count: 1)
      let wild = try Run(
        new: run.configuration, at: folder.appending(path: "a"), data: run.data(team: team),
        team: team)
      let error = #expect(throws: LearningBlewUp.self) { () throws in try wild.run() }
      #expect(error?.description.contains("blew up in epoch 1:") == true)
      #expect(wild.afterDivergence.hasPrefix("No model was written, and no checkpoint. Begin"))
    }
  }

  @Test func `a run that only ends badly is an error too`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.training.learningRate = 1
      run.configuration.training.epochs = 1
      let place = folder.appending(path: "run")
      let error = #expect(throws: LearningBlewUp.self) { () throws in try run.train(at: place) }
      #expect(error?.description.contains("blew up: reconstructions of test patches") == true)
      let kept = try RunFolder(existing: place)
      #expect(!FileManager.default.fileExists(atPath: kept.modelFile.path))
      #expect(try Checkpoint.newest(in: kept) { $0.tensors.count } != nil)
    }
  }

  @Test func `what has nothing to do with a checkpoint makes no older one of it`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      var tried = 0
      let full = #expect(throws: ImageDataError.self) {
        try Checkpoint.newest(in: made) { _ in
          tried += 1
          throw ImageDataError("the model's weights need 9 GB of memory, and 1 GB can be had")
        }
      }
      #expect(tried == 1 && full?.description.hasPrefix("the model's weights need") == true)
      // Neither does one that is whole, but of another model.
      let other = #expect(throws: RunError.self) {
        try Checkpoint.newest(in: made) { _ in
          tried += 1
          throw RunError("it holds 3 weights")
        }
      }
      #expect(tried == 2)
      #expect(
        other?.description.contains("step-00000018.safetensors: is not a checkpoint of") == true)
    }
  }
}
