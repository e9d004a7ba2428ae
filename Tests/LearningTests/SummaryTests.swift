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

  @Test func `why filters are not active is said after the first epoch, in lines of 80`() throws {
    try withTemporaryFolder { folder in
      let run = SmallRun()
      let team = ThreadTeam(count: 1)
      let training = try Run(
        new: run.configuration, at: folder.appending(path: "a"), data: run.data(team: team),
        team: team)
      var lines: [String] = []
      var observer = Run<SparseVAEConfiguration>.Observer()
      observer.epoch = { lines += $0.split(separator: "\n").map(String.init) }
      _ = try training.run(observer)
      // A line for each epoch, and two after the first.
      #expect(lines.count == 5)
      let remark =
        /(\d+) of 20 filters are active so far: (\d+) look like noise, (\d+) say little\./
      #expect(lines[1].wholeMatch(of: remark) != nil, "\(lines)")
      #expect(lines[2].hasSuffix("Training goes on."))
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
      #expect(SparseVAEConfiguration.consoleHeading.count <= 80)
      #expect(DictionaryConfiguration.consoleHeading.count <= 80)
    }
  }
}
