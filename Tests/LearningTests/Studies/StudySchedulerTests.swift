import Compute
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Learning
@testable import Studies

@Suite struct StudySchedulerTests {
  private func run(
    _ study: Study, in folder: StudyFolder, jobs: Int = 2,
    _ progress: @escaping @Sendable (StudyScheduler.Progress) -> Bool = { _ in true }
  ) throws -> (finished: Bool, messages: [String]) {
    let messages = MessageList()
    var observer = StudyScheduler.Observer()
    observer.progress = progress
    observer.message = { messages.add($0) }
    observer.warning = { messages.add("warning: \($0)") }
    let finished = try StudyScheduler(study, in: folder, jobs: jobs).run(observer)
    return (finished, messages.lines)
  }

  private final class MessageList: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
  }

  /// The table without what the clock says.
  private func table(_ study: Study, _ folder: StudyFolder) throws -> [String] {
    let outcome = try StudyOutcome(of: study, in: folder, team: ThreadTeam(count: 1))
    return outcome.table.csv.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: ",")
    }
  }

  @Test func `an interrupted study goes on to the same table`() throws {
    let study = try TinyStudy.study()
    try withTemporaryFolder { url in
      let whole = try StudyFolder(for: study, at: url.appending(path: "whole"))
      #expect(try run(study, in: whole).finished)
      let expected = try table(study, whole)
      #expect(expected.count == 3)

      let parts = try StudyFolder(for: study, at: url.appending(path: "parts"))
      #expect(try !run(study, in: parts, jobs: 1) { $0.fraction < 0.4 }.finished)
      let again = try StudyFolder(for: study, at: url.appending(path: "parts"))
      let rest = try run(study, in: again, jobs: 1)
      #expect(rest.finished)
      #expect(rest.messages.first == "1 of 4 runs are finished already")
      #expect(try table(study, again) == expected)

      let nothing = try run(study, in: again)
      #expect(nothing.finished)
      #expect(nothing.messages == ["4 of 4 runs are finished already"])
    }
  }

  @Test func `a study says which damaged checkpoint it passes over`() throws {
    let study = try TinyStudy.study()
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url.appending(path: "study"))
      #expect(try !run(study, in: folder, jobs: 1) { $0.fraction < 0.2 }.finished)
      let begun = try RunFolder(existing: folder.runFolder("none", seed: 1))
      let files = Checkpoint.files(in: begun)
      let newest = try #require(files.last)
      try #require(files.count > 1)
      try Data(contentsOf: newest).dropLast(3).write(to: newest)
      let rest = try run(study, in: folder, jobs: 1)
      #expect(rest.finished)
      let warnings = rest.messages.filter { $0.hasPrefix("warning: none-seed-1: ") }
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains(newest.lastPathComponent) == true, "\(rest.messages)")
      #expect(warnings.first?.hasSuffix("resuming from the checkpoint before") == true)
    }
  }

  @Test func `a dictionary is a condition like any other`() throws {
    let study = try TinyStudy.studyWithDictionary()
    try withTemporaryFolder { url in
      let whole = try StudyFolder(for: study, at: url.appending(path: "whole"))
      #expect(try run(study, in: whole).finished)
      let expected = try table(study, whole)
      #expect(expected.count == 4)

      // Stopped within every run in turn.
      let parts = try StudyFolder(for: study, at: url.appending(path: "parts"))
      for share in [0.1, 0.3, 0.5, 0.7, 0.9, 0.97] {
        #expect(try !run(study, in: parts, jobs: 1) { $0.fraction < share }.finished)
      }
      #expect(try run(study, in: parts, jobs: 1).finished)
      #expect(try table(study, parts) == expected)
      #expect(try parts.study() == study)

      let results = try StudyResults(of: study, in: whole, team: ThreadTeam(count: 1))
      let classical = try #require(results.results(of: "classical"))
      for key in [
        "activeFilters", "gaborLike", "spikes", "snrDecibels", "l0", "normMean",
        "stability", "seconds", "lambda",
      ] {
        let measure = try #require(Measure.named(key))
        #expect(classical.summary(of: measure) != nil, "\(key)")
      }
      for key in ["elbo", "kl", "negativeLogLikelihood", "klActive", "informative", "noiseScale"] {
        let measure = try #require(Measure.named(key))
        #expect(classical.summary(of: measure) == nil, "\(key)")
      }
    }
  }

  @Test func `a study does not mix with runs of other settings`() throws {
    let study = try TinyStudy.study()
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url)
      _ = try run(study, in: folder) { _ in false }
      var other = study
      other.conditions[0].changeModel { $0.training.batchSize = 32 }
      let error = #expect(throws: RunError.self) { try StudyFolder(for: other, at: url) }
      #expect(error?.description.contains("batchSize: 64, now batchSize: 32") == true)
      #expect(try folder.study() == study)
    }
  }

  @Test func `a run that diverges is left out, and the others go on`() throws {
    var study = try TinyStudy.study()
    study.conditions[0].changeModel { $0.model.priorScale = 1e-42 }
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url)
      let result = try run(study, in: folder)
      #expect(result.finished)
      #expect(result.messages.contains { $0.contains("diverged") }, "\(result.messages)")
      let results = try StudyResults(of: study, in: folder, team: ThreadTeam(count: 1))
      #expect(results.conditions.map(\.runs.count) == [0, 2])
      #expect(results.conditions[0].missingSeeds == [1, 2])
    }
  }

  @Test func `equal filters are wholly stable`() {
    let filters = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, -1, 0, 1])
    let team = ThreadTeam(count: 1)
    let swapped = filters.selectingRows([1, 0])
    let stabilities = filterStabilities([filters, swapped], team: team).map { $0 ?? 0 }
    #expect(stabilities.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(filterStabilities([filters], team: team) == [nil])
  }
}
