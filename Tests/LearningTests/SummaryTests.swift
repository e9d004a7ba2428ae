import Compute
import Foundation
import TestSupport
import Testing

@testable import Learning

/// What is said at a run's end.
@Suite struct SummaryTests {
  private func summary(_ numbers: [String: Double]) throws -> Summary {
    try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(numbers))
  }

  @Test func `a headline says how many filters are active, and why others are not`() throws {
    let model = try summary([
      "latents": 169, "activeFilters": 26, "informative": 101, "noiseLike": 98, "spikes": 3,
      "elbo": -110, "snrDecibels": 20.5,
    ])
    #expect(
      model.headline
        == "26 of 169 filters are active (101 informative; 98 noise-like, 3 single pixels); "
        + "test −ELBO 110.00 nats, SNR 20.50 dB")
    let dictionary = try summary([
      "atoms": 20, "activeFilters": 17, "dead": 2, "noiseLike": 1, "spikes": 0, "duplicates": 4,
      "objective": 20, "snrDecibels": 11, "l0": 5,
    ])
    #expect(
      dictionary.headline
        == "17 of 20 filters are active (18 used; 1 noise-like, 0 single pixels, 4 duplicates); "
        + "test lasso objective 20.00, SNR 11.00 dB, L0 5.0")
  }

  @Test func `after few epochs a run says that structure comes later`() throws {
    var configuration = SparseVAEConfiguration()
    let early = try summary(["latents": 169, "activeFilters": 3])
    #expect(configuration.remark(on: early) == nil)
    configuration.training.epochs = 2
    #expect(configuration.remark(on: early)?.hasPrefix("2 epochs are few: filters begin") == true)
    #expect(try configuration.remark(on: summary(["latents": 4, "activeFilters": 4])) == nil)
  }

  @Test func `a run that blew up is an error, and keeps its checkpoint`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.training.learningRate = 5
      run.configuration.training.epochs = 2
      let place = folder.appending(path: "run")
      let error = #expect(throws: LearningBlewUp.self) { () throws in try run.train(at: place) }
      #expect(error?.description.contains("worse than none (SNR −") == true)
      #expect(error?.description.contains("lower it") == true)
      let kept = try RunFolder(existing: place)
      #expect(!FileManager.default.fileExists(atPath: kept.modelFile.path))
      #expect(try Checkpoint.newest(in: kept) { $0.tensors.count } != nil)
    }
  }
}
