import Compute
import Filters
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Learning

/// Runs through their files: what is written, and that going on with it changes no bit.
@Suite(.serialized) struct TrainingRunTests {
  @Test(arguments: ConstraintFamily.allCases)
  func `a resumed run equals an uninterrupted one to the byte`(
    _ constraint: ConstraintFamily
  ) throws {
    try withTemporaryFolder { folder in
      let run = SmallRun(constraint)
      let whole = try run.train(at: folder.appending(path: "whole"))
      // Stopped in the middle of an epoch, on two threads, and at an epoch's end; then to the end.
      let parts = try run.train(at: folder.appending(path: "parts"), threads: 2, stopAfter: 8)
      #expect(!FileManager.default.fileExists(atPath: parts.modelFile.path))
      try run.resume(parts, stopAfter: 12)
      try run.resume(parts, threads: 2)
      #expect(try Data(contentsOf: parts.modelFile) == Data(contentsOf: whole.modelFile))
      #expect(try timeless(parts.metricsFile) == timeless(whole.metricsFile))
      let newest = try [whole, parts].map { folder in
        try Data(contentsOf: #require(try Self.checkpoints(in: folder).last))
      }
      #expect(newest[0] == newest[1])
    }
  }

  @Test func `a checkpoint holds the state to the bit`() throws {
    try withTemporaryFolder { folder in
      for constraint in ConstraintFamily.allCases {
        let run = SmallRun(constraint)
        let made = try run.train(
          at: folder.appending(path: constraint.rawValue), stopAfter: 9)
        let team = ThreadTeam(count: 1)
        let site = LearningSite(try run.data(team: team), team: team)
        let learner = try #require(
          try Checkpoint.newest(in: made) { checkpoint in
            try run.configuration.learner(on: site, from: checkpoint)
          }
        ).learner
        #expect(learner.lastEpoch == 1)
        #expect(learner.progress.done == 9)
        let first = try #require(try Self.checkpoints(in: made).last)
        let before = try Data(contentsOf: first)
        let configuration = try made.configuration(of: SparseVAEConfiguration.self)
        try Checkpoint.write(learner.checkpoint, configuration, step: 9, to: made)
        #expect(try Data(contentsOf: first) == before, "\(constraint)")
      }
    }
  }

  @Test func `the newest three checkpoints are kept`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.training.epochs = 5
      let made = try run.train(at: folder.appending(path: "a"))
      #expect(
        try Self.checkpoints(in: made).map(\.lastPathComponent) == [
          "step-00000018.safetensors", "step-00000024.safetensors", "step-00000030.safetensors",
        ])
    }
  }

  @Test func `checkpoints within epochs change no bit`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let whole = try run.train(at: folder.appending(path: "whole"))
      // After every step.
      let often = try run.train(at: folder.appending(path: "often"), checkpointInterval: 0)
      #expect(try Data(contentsOf: often.modelFile) == Data(contentsOf: whole.modelFile))
      #expect(try timeless(often.metricsFile) == timeless(whole.metricsFile))
      #expect(
        try Self.checkpoints(in: often).map(\.lastPathComponent) == [
          "step-00000016.safetensors", "step-00000017.safetensors", "step-00000018.safetensors",
        ])
    }
  }

  @Test func `a finished run has every file, and no temporary one`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: made.url.path).sorted() == [
          "SHA256SUMS", "checkpoints", "config.yaml", "curves.png", "data.json",
          "environment.json", "evaluation.json", "filters.png", "metrics.csv",
          "model.safetensors",
        ])
      let rows = try String(contentsOf: made.metricsFile, encoding: .utf8).split(separator: "\n")
      #expect(rows.count == 4)
      let columns = rows[0].split(separator: ",").count
      for row in rows {
        #expect(row.split(separator: ",", omittingEmptySubsequences: false).count == columns)
      }
    }
  }

  @Test func `a run from its own config_yaml repeats it to the byte`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let first = try run.train(at: folder.appending(path: "a"))
      var again = run
      again.configuration = try first.configuration(of: SparseVAEConfiguration.self)
      let second = try again.train(at: folder.appending(path: "b"), threads: 2)
      #expect(try Data(contentsOf: first.modelFile) == Data(contentsOf: second.modelFile))
      #expect(
        try Data(contentsOf: first.configurationFile) == Data(contentsOf: second.configurationFile))
    }
  }

  @Test func `a model that was saved is the model that was trained`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let team = ThreadTeam(count: 1)
      let training = try Run(
        new: run.configuration, at: folder.appending(path: "a"), data: run.data(team: team),
        team: team)
      guard case .finished(_, let trained) = try training.run() else {
        Issue.record("the run did not finish")
        return
      }
      let loaded = try TrainedRun<SparseVAEConfiguration>(training.folder)
      #expect(loaded.model.namedTensors == trained.namedTensors)
      #expect(loaded.preprocessing == training.data.preprocessing)
    }
  }

  @Test func `divergence keeps the last good checkpoint`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 12)
      // From here on the decoder moves by far too much.
      var wild = try made.configuration(of: SparseVAEConfiguration.self)
      wild.training.learningRate = 9.9
      wild.training.decoderRateFactor = 1e38
      wild.model.constraint = .none
      try wild.yaml.write(to: made.configurationFile, atomically: true, encoding: .utf8)
      try Self.forgetConfigurations(of: made)
      let before = try Self.checkpoints(in: made).map { try Data(contentsOf: $0) }
      let error = #expect(throws: TrainingDiverged.self) { try run.resume(made) }
      #expect((error?.step ?? 0) > 12, "\(String(describing: error))")
      #expect(try Self.checkpoints(in: made).map { try Data(contentsOf: $0) } == before)
      #expect(!FileManager.default.fileExists(atPath: made.modelFile.path))
    }
  }

  @Test func `a damaged checkpoint is passed over and named, and the run ends the same`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 7)
      let files = try Self.checkpoints(in: made)
      let newest = try #require(files.last)
      let whole = try Data(contentsOf: newest)
      var flipped = whole
      flipped[whole.count / 2] ^= 1
      for damaged in [whole.prefix(whole.count - 3), flipped] {
        try damaged.write(to: newest)
        let resumed = try run.resuming(made)
        #expect(resumed.passedOver.count == 1)
        #expect(
          resumed.passedOver.first?.description.contains(newest.lastPathComponent) == true)
      }
      try run.resume(made)
      let straight = try run.train(at: folder.appending(path: "b"))
      #expect(try Data(contentsOf: made.modelFile) == Data(contentsOf: straight.modelFile))
    }
  }

  @Test func `checkpoints of another model are refused`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 7)
      let text = try String(contentsOf: made.configurationFile, encoding: .utf8)
      try text.replacing("latents: 20", with: "latents: 21")
        .write(to: made.configurationFile, atomically: true, encoding: .utf8)
      try Self.forgetConfigurations(of: made)
      let message = #expect(throws: RunError.self) { try run.resume(made) }?.description ?? ""
      #expect(message.contains("is not a checkpoint of this run: the tensor encoder.mean.weight"))
      #expect(message.contains("saved with the settings in config.yaml"))
    }
  }

  @Test func `a checkpoint from beyond the run's end is refused`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let made = try run.train(at: folder.appending(path: "a"), stopAfter: 2)
      let file = try #require(try Self.checkpoints(in: made).last)
      var checkpoint = try Safetensors(contentsOf: file)
      let progress = try #require(checkpoint.metadata["progress"])
      for wrong in ["-1", "6", "9000000000000000000"] {
        checkpoint.metadata["progress"] = progress.replacing(
          "\"stepInEpoch\":2", with: "\"stepInEpoch\":\(wrong)")
        try checkpoint.write(to: file)
        let message = #expect(throws: RunError.self) { try run.resume(made) }?.description ?? ""
        #expect(message.contains("it is at step \(wrong) after epoch 0"), "\(message)")
      }
    }
  }

  @Test func `an unfinished run says that it has no model yet`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"), stopAfter: 2)
      let error = #expect(throws: RunError.self) {
        _ = try TrainedRun<SparseVAEConfiguration>(made)
      }
      #expect(error?.description.contains("the run is not finished") == true)
      #expect(error?.description.contains("svae train --resume") == true)
    }
  }

  /// Makes checkpoints what earlier versions wrote.
  static func forgetConfigurations(of run: RunFolder) throws {
    for file in try checkpoints(in: run) {
      var checkpoint = try Safetensors(contentsOf: file)
      checkpoint.metadata[Checkpoint.configuration] = nil
      try checkpoint.write(to: file)
    }
  }

  static func checkpoints(in folder: RunFolder) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.checkpoints, includingPropertiesForKeys: nil
    ).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
