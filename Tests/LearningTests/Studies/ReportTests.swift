import Compute
import Foundation
import TestSupport
import Testing

@testable import Learning
@testable import Studies

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct ReportTests {
  /// Pages are XML too, so that any parser can check them.
  private func check(_ page: URL) throws -> String {
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.hasPrefix("<!DOCTYPE html>"))
    let parser = XMLParser(data: Data(text.dropFirst("<!DOCTYPE html>".count).utf8))
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    for link in ["http:", "https:", "//cdn", "<link", "url(", "@import", "src=\"figures"] {
      #expect(!text.contains(link), "\(link)")
    }
    return text
  }

  private func files(_ folder: URL) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
  }

  @Test func `a study's page has the claim, the numbers and every figure, and needs no network`()
    throws
  {
    let study = try TinyStudy.study()
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url.appending(path: "study"))
      #expect(try StudyScheduler(study, in: folder, jobs: 2).run(.init()))
      let outcome = try StudyOutcome(of: study, in: folder, team: ThreadTeam(count: 1))
      try outcome.writeTables(to: folder)
      try StudyReport(outcome, in: folder).write()

      let page = try check(folder.reportFile)
      #expect(page.contains("Unit norm keeps more filters active."))
      #expect(page.contains("Tiny &lt;study&gt; &amp; co"))
      let contrast = try #require(outcome.contrast)
      let active = try #require(contrast.row("activeFilters"))
      #expect(page.contains(active.measure.text(active.to)))
      #expect(page.contains(Finding(contrast: contrast).text))
      let names = try files(folder.figures)
      for name in ["filters-1", "filters-2", "examples-1", "active-over-training", "norms"] {
        #expect(names.isSuperset(of: ["\(name).png", "\(name).pdf"]), "\(name)")
      }
      let table = try String(contentsOf: folder.tableFile, encoding: .utf8)
      #expect(try table.trimmingCharacters(in: .newlines) == outcome.table.json())

      // The runs of a study are ordinary runs, with pages of their own.
      let runs = try [1, 2].map { seed in
        try RunFolder(existing: folder.runFolder("unit-norm", seed: seed))
      }
      let report = try RunReport(runs[0], team: ThreadTeam(count: 1))
      try report.write()
      #expect(try check(report.file).contains("Run unit-norm-seed-1"))

      let comparison = try RunComparison(runs, team: ThreadTeam(count: 1))
      let compared = try comparison.write(to: url.appending(path: "compared"))
      #expect(try check(compared).contains("unit-norm-seed-1 and unit-norm-seed-2"))
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
      #expect((json["runs"] as? [[String: Any]])?.count == 2)
      let matching = try #require((json["matching"] as? [[String: Any]])?.first)
      #expect((matching["pairs"] as? [[Double]])?.count == 12)
    }
  }

  @Test func `a dictionary has a place in every page`() throws {
    var study = try TinyStudy.studyWithDictionary()
    for index in study.conditions.indices { study.conditions[index].seeds = [1] }
    try withTemporaryFolder { url in
      let team = ThreadTeam(count: 1)
      let folder = try StudyFolder(for: study, at: url.appending(path: "study"))
      #expect(try StudyScheduler(study, in: folder, jobs: 2).run(.init()))
      let outcome = try StudyOutcome(of: study, in: folder, team: team)
      try StudyReport(outcome, in: folder).write()
      let page = try check(folder.reportFile)
      #expect(page.contains("Filters: classical sparse coding"))

      let dictionary = try RunFolder(existing: folder.runFolder("classical", seed: 1))
      let report = try RunReport(dictionary, team: team)
      try report.write()
      #expect(try check(report.file).contains("mean |z|"))
      let record = try #require(RunRecord(in: dictionary))
      try FileManager.default.removeItem(at: dictionary.recordFile)
      #expect(try RunRecord.measured(dictionary, team: team) == record)

      let model = try RunFolder(existing: folder.runFolder("unit-norm", seed: 1))
      let comparison = try RunComparison([model, dictionary], team: team)
      _ = try check(comparison.write(to: url.appending(path: "compared")))
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
      let runs = try #require(json["runs"] as? [[String: Any]])
      #expect(runs.map { $0["method"] as? String } == ["svae", "sparse-coding"])
      #expect(runs[0]["elbo"] is Double)
      #expect(runs[1]["elbo"] is NSNull)
      #expect((runs[1]["meanSimilarity"] as? Double ?? 0) > 0)
      for run in runs {
        #expect((run["inferenceSecondsPer1000"] as? Double ?? 0) > 0)
        #expect(run["snrDecibelsAt5"] is Double)
      }
      #expect((runs[0]["amortizationGap"] as? Double ?? 0) > 0)
      #expect(runs[1]["amortizationGap"] is NSNull)
    }
  }

  @Test func `a run without a record is measured on its own test patches`() throws {
    var study = try TinyStudy.study()
    study.conditions = [study.conditions[0]]
    study.conditions[0].seeds = [1]
    study.contrast = nil
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url.appending(path: "study"))
      #expect(try StudyScheduler(study, in: folder, jobs: 1).run(.init()))
      let run = try RunFolder(existing: folder.runFolder("none", seed: 1))
      let record = try #require(RunRecord(in: run))
      try FileManager.default.removeItem(at: run.recordFile)
      #expect(try RunRecord.measured(run, team: ThreadTeam(count: 2)) == record)
      // One run and no contrast: the page says what there is.
      let outcome = try StudyOutcome(of: study, in: folder, team: ThreadTeam(count: 1))
      try StudyReport(outcome, in: folder).write()
      _ = try check(folder.reportFile)
    }
  }

  @Test func `an unfinished run has no page, and it is said how to finish it`() throws {
    let study = try TinyStudy.study()
    try withTemporaryFolder { url in
      let folder = try StudyFolder(for: study, at: url.appending(path: "study"))
      var observer = StudyScheduler.Observer()
      observer.progress = { _ in false }
      #expect(try !StudyScheduler(study, in: folder, jobs: 1).run(observer))
      let run = try RunFolder(existing: folder.runFolder("none", seed: 1))
      let error = #expect(throws: RunError.self) {
        try RunReport(run, team: ThreadTeam(count: 1))
      }
      #expect(error?.description.contains("svae train --resume") == true)
    }
  }

  @Test func `the finding follows the numbers, whichever way they point`() throws {
    func finding(_ none: [Int], _ unitNorm: [Int]) throws -> String {
      let study = try TinyStudy.study()
      let conditions = try zip(study.conditions, [none, unitNorm]).map { condition, counts in
        StudyResults.ConditionResults(
          condition: condition,
          runs: try counts.enumerated().map { seed, count in
            MeasuredRun(
              seed: UInt64(seed), record: try TinyStudy.record(active: count, elbo: -1),
              stability: nil, chanceStability: nil)
          })
      }
      let results = StudyResults(study: study, conditions: conditions)
      return Finding(contrast: try #require(StudyContrast(results))).text
    }
    #expect(try finding([3, 4, 3], [11, 12, 12]).contains("agrees with the claim"))
    #expect(try finding([11, 12, 12], [3, 4, 3]).contains("contradicts the claim"))
    #expect(try finding([11, 12, 10], [12, 11, 10]).contains("neither shown nor refuted"))
    #expect(try finding([3], [11]).contains("More seeds are needed"))
  }

  @Test func `the likelihood is compared as trained and at each constraint's best`() throws {
    let learned = TinyStudy.text.replacingOccurrences(
      of: "contrast:",
      with: """
          - name: learned
            title: learned prior scale
            settings: {training: {learnsPriorScale: true}}
          - name: many
            title: more latents
            settings: {model: {latents: 20}}
          - {name: fixed-gain, settings: {model: {constraint: weight-norm}}}
          - {name: learned-gain, settings: {model: {constraint: weight-norm, learnsGain: true}}}
        contrast:
        """)
    func finding(_ elbos: [String: Double], to: String = "unit-norm") throws -> LikelihoodFinding? {
      let text = learned.replacingOccurrences(of: "to: unit-norm", with: "to: \(to)")
      let study = try StudyFile(text: text, file: nil).study()
      let conditions = try study.conditions.map { condition in
        StudyResults.ConditionResults(
          condition: condition,
          runs: try elbos[condition.name].map { elbo in
            [
              MeasuredRun(
                seed: 1, record: try TinyStudy.record(active: 3, elbo: elbo), stability: nil,
                chanceStability: nil)
            ]
          } ?? [])
      }
      return LikelihoodFinding(StudyResults(study: study, conditions: conditions))
    }
    // More latents and their better ELBO are not the constraint's doing.
    let both = try #require(
      try finding(["none": -110, "unit-norm": -520, "learned": -180, "many": -1]))
    #expect(
      both.text.hasPrefix(
        "In test −ELBO no constraint (110.0 nats) is better than unit norm (520.0 nats). At"))
    #expect(
      both.text.hasSuffix(
        "no constraint (110.0 nats) is better than learned prior scale (180.0 nats)."))
    let turned = try #require(try finding(["none": -110, "unit-norm": -520, "learned": -90]))
    #expect(
      turned.text.hasSuffix(
        "learned prior scale (90.0 nats) is better than no constraint (110.0 nats)."))
    let own = try #require(try finding(["none": -520, "unit-norm": -110]))
    #expect(
      own.text == "In test −ELBO unit norm (110.0 nats) is better than no constraint (520.0 nats).")
    // A learned gain frees the norm again.
    let gain = try #require(
      try finding(["none": -110, "fixed-gain": -520, "learned-gain": -90], to: "fixed-gain"))
    #expect(
      gain.text
        == "In test −ELBO no constraint (110.0 nats) is better than fixed-gain (520.0 nats).")
    #expect(try finding(["none": -110]) == nil)
  }

  @Test func `text is escaped and elements are closed`() {
    let html = element("p", ["title": "a \"b\" & c"]) {
      "1 < 2"
      emptyElement("br")
    }
    #expect(html.markup == "<p title=\"a &quot;b&quot; &amp; c\">1 &lt; 2\n<br/></p>")
    // With a combining mark, each is another Character.
    for (plain, escaped) in [("\"", "&quot;"), ("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")] {
      #expect(
        HTML("\(plain)\u{301}").markup.unicodeScalars.elementsEqual(
          "\(escaped)\u{301}".unicodeScalars))
    }
  }
}
