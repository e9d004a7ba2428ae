import Compute
import Foundation
import ImageData
import SparseCoding
import TestSupport
import Testing

@testable import Learning

@Suite struct DictionaryRunTests {
  @Test(arguments: DictionaryRuleFamily.allCases)
  func `a resumed run equals an uninterrupted one, with any number of threads`(
    rule: DictionaryRuleFamily
  ) throws {
    let data = try #require(TinyDictionary.data)
    let configuration = TinyDictionary.configuration(rule: rule, updates: 60)
    try withTemporaryFolder { folder in
      let whole = folder.appending(path: "whole")
      let cut = folder.appending(path: "cut")
      try TinyDictionary.learn(configuration, at: whole, data, threads: 1)
      // Update 31 lies between two rows of the table, which come every second update.
      var observer = Run<DictionaryConfiguration>.Observer()
      observer.step = { done, _ in done != 31 }
      let stopped = try Run(
        new: configuration, at: cut, data: data, team: ThreadTeam(count: 2)
      ).run(observer)
      #expect(stopped.evaluation == nil)
      let run = try RunFolder(existing: cut)
      #expect(throws: RunError.self) { try TrainedRun<DictionaryConfiguration>(run) }
      let resumed = try Run(
        resuming: run, run.configuration(of: DictionaryConfiguration.self), data: data,
        team: ThreadTeam(count: 3)
      ).run(.init())
      #expect(resumed.evaluation != nil)
      for name in ["model.safetensors", "filters.png", "config.yaml"] {
        #expect(
          try Data(contentsOf: whole.appending(path: name))
            == Data(contentsOf: cut.appending(path: name)), "\(rule): \(name)")
      }
      #expect(try numbers(in: whole) == numbers(in: cut), "\(rule)")
    }
  }

  @Test func `patches go through a dictionary as through any model`() throws {
    let data = try #require(TinyDictionary.data)
    let team = ThreadTeam(count: 2)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      let run = try RunFolder(existing: url).finishedRun()
      func path(_ name: String) -> String { folder.appending(path: name).path }
      func rows(of name: String) throws -> Matrix? {
        try ArrayRowReader(path: path(name)).next(100)
      }
      let writer = try ArrayRowWriter(path: path("x.npy"), name: "x", rowShape: [36], rows: 64)
      try writer.append(data.test)
      try writer.finish()
      _ = try run.encode(
        ArrayStream(from: path("x.npy"), to: path("z.npy")), treated: true, team: team)
      _ = try run.decode(ArrayStream(from: path("z.npy"), to: path("y.npy")), restored: false)
      _ = try run.reconstruct(
        ArrayStream(from: path("x.npy"), to: path("r.npy")), treated: true, team: team)
      #expect(try rows(of: "z.npy") == run.learned.encoder(team: team)(data.test))
      #expect(try rows(of: "y.npy") == rows(of: "r.npy"))
    }
  }

  /// `metrics.csv` without its last column, the seconds.
  private func numbers(in folder: URL) throws -> [[Substring]] {
    try String(contentsOf: folder.appending(path: "metrics.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",").dropLast() }
  }

  @Test func `a finished run holds all its files, and its filters have unit norm`() throws {
    let data = try #require(TinyDictionary.data)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      let outcome = try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      for name in [
        "config.yaml", "metrics.csv", "model.safetensors", "filters.png", "curves.png",
        "environment.json",
      ] {
        #expect(FileManager.default.fileExists(atPath: url.appending(path: name).path), "\(name)")
      }
      let trained = try TrainedRun<DictionaryConfiguration>(RunFolder(existing: url))
      #expect(trained.model.filters == outcome.evaluation?.filters)
      for atom in 0..<20 {
        let square = trained.model.filters.row(atom).reduce(0) { $0 + $1 * $1 }
        #expect(abs(square - 1) < 1e-5, "atom \(atom)")
      }
      let evaluation = try trained.evaluate(team: ThreadTeam(count: 2))
      #expect(evaluation.coding?.objective == outcome.evaluation?.coding?.objective)
    }
  }

  @Test func `a run is never overwritten, and kinds of runs are told apart`() throws {
    let data = try #require(TinyDictionary.data)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      #expect(throws: RunError.self) {
        try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      }
      let dictionary = try RunFolder(existing: url)
      #expect(try dictionary.method() is DictionaryConfiguration)
      #expect(throws: RunError.self) { try TrainedRun<SparseVAEConfiguration>(dictionary) }
      let model = try RunFolder.create(
        at: folder.appending(path: "model"), SparseVAEConfiguration())
      #expect(try model.method() is SparseVAEConfiguration)
      #expect(throws: RunError.self) { try model.configuration(of: DictionaryConfiguration.self) }
    }
  }

  @Test func `a checkpoint of another dictionary is refused by name`() throws {
    let data = try #require(TinyDictionary.data)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      let made = try RunFolder(existing: url)
      try TrainingRunTests.forgetConfigurations(of: made)
      try FileManager.default.removeItem(at: made.modelFile)
      var other = TinyDictionary.configuration()
      other.sparseCoding.atoms = 21
      let error = #expect(throws: RunError.self) {
        try Run(
          resuming: RunFolder(existing: url), other, data: data, team: ThreadTeam(count: 1))
      }
      #expect(error?.description.contains("step-00000012.safetensors") == true)
    }
  }

  @Test func `codes of a stream are the lasso's optimum to the gap`() throws {
    let data = try #require(TinyDictionary.data)
    let team = ThreadTeam(count: 2)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "run")
      try TinyDictionary.learn(TinyDictionary.configuration(), at: url, data)
      let trained = try TrainedRun<DictionaryConfiguration>(RunFolder(existing: url))
      let input = folder.appending(path: "x.npy").path
      let writer = try ArrayRowWriter(
        path: input, name: "x", rowShape: [36], rows: data.test.rows)
      try writer.append(data.test)
      try writer.finish()
      let problem = SparseCodingProblem(dictionary: trained.model.filters, sparsity: 1)
      let best = ActiveSetNewton(tolerance: 1e-6).encode(data.test, problem: problem, team: team)
      let optimum = problem.objectives(patches: data.test, codes: best.codes).reduce(0, +)
      for family in SparseSolverFamily.allCases where family.entry.criterion == .dualityGap {
        let output = folder.appending(path: "z-\(family.rawValue).npy").path
        let report = try trained.encode(
          ArrayStream(from: input, to: output), treated: true, solver: family, gap: 1e-3,
          team: team)
        #expect(report.patches == 64 && report.converged == 64, "\(family)")
        #expect(report.largestGap <= 1e-3, "\(family)")
        let reader = try ArrayRowReader(path: output)
        let codes = try #require(try reader.next(64))
        let objective = problem.objectives(patches: data.test, codes: codes).reduce(0, +)
        #expect(objective <= optimum * 1.001, "\(family)")
      }
    }
  }
}
