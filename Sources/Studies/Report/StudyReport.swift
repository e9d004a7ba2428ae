import Evaluation
import Files
import Foundation
import Learning

/// The page of a study: the claim and the numbers first, then what the filters look like.
public struct StudyReport {
  private let results: StudyResults
  private let contrast: StudyContrast?
  private let content: ReportContent
  private let folder: StudyFolder
  private let runs: [RunFolder]

  /// - Throws: a `RunError` where no run of the study is finished.
  public init(_ outcome: StudyOutcome, in folder: StudyFolder) throws {
    self.folder = folder
    results = outcome.results
    contrast = outcome.contrast
    let finished = results.conditions.filter { !$0.runs.isEmpty }
    if finished.isEmpty {
      throw RunError(file: folder.url, "has no finished run to report on")
    }
    let mainNames = results.study.contrast.map { [$0.from, $0.to] } ?? []
    let isMain = { (results: StudyResults.ConditionResults) in
      mainNames.contains(results.condition.name)
    }
    let main = finished.filter(isMain)
    let ordered = main + finished.filter { !isMain($0) }
    let folders = try ordered.map { results in
      try results.runs.map {
        try RunFolder(existing: folder.runFolder(results.condition.name, seed: $0.seed))
      }
    }
    content = ReportContent(
      subjects: try zip(ordered, folders).map { results, folders in
        try ReportSubject(
          title: results.condition.title, record: results.runs[0].record, folder: folders[0],
          siblings: Array(folders.dropFirst()))
      }, mainCount: main.isEmpty ? min(2, ordered.count) : main.count,
      conditions: results.conditions)
    runs = folders.flatMap { $0 }
  }

  /// Writes report.html and every figure as PNG and PDF.
  public func write() throws {
    let figures = FigureFolder(url: folder.figures)
    let sections = [
      head, numbers, contrastTable, conditionsTable,
      try ReportSections.mosaics(
        of: content, in: figures,
        text: "The run of the first seed of each condition. The charts of single latents below "
          + "show the same runs."),
      try ReportSections.figures(of: content, in: figures),
      try ReportSections.examples(of: content, in: figures),
      try ReportSections.provenance(of: content, folders: runs), footer,
    ]
    let page = ReportPage(title: results.study.title, sections: sections)
    try AtomicFile.write(Data(page.text.utf8), to: folder.reportFile)
  }

  private var head: HTML {
    element("header") {
      element("h1") { results.study.title }
      if !results.study.claim.isEmpty {
        element("p", ["class": "claim"]) { "The claim: \(results.study.claim)" }
      }
      if let note = results.study.dataNote {
        element("p", ["class": "warning"]) { note }
      }
      for text in findings { element("p", ["class": "finding"]) { HTML(text) } }
    }
  }

  private var findings: [String] {
    [contrast.map { Finding(contrast: $0).text }, LikelihoodFinding(results)?.text].compactMap {
      $0
    }
  }

  /// The two numbers that the study is about, large.
  private var numbers: HTML {
    guard let contrast, let row = contrast.main else { return .empty }
    let informative = row.measure.name == "activeFilters" ? contrast.row("informative") : nil
    func card(
      _ condition: Study.Condition, _ summary: SampleSummary, informative used: SampleSummary?
    ) -> HTML {
      element("div", ["class": "number"]) {
        element("span") { condition.title }
        element("b") { row.measure.text(summary.mean) }
        element("span") {
          (row.measure.name == "activeFilters"
            ? "of \(condition.configuration.method.latents) filters active" : row.measure.title)
            + (row.measure.spread(of: summary).map { ", \($0)" } ?? "")
            + (used.map { "; \(row.measure.text($0.mean)) informative" } ?? "")
        }
      }
    }
    return element("div", ["class": "numbers"]) {
      card(contrast.from, row.from, informative: informative?.from)
      card(contrast.to, row.to, informative: informative?.to)
    }
  }

  private var contrastTable: HTML {
    guard let contrast else { return .empty }
    let shown = contrast.rows.filter { row in
      row.measure.name != "elbo" && (row.measure.isMain || row.from.mean != row.to.mean)
    }
    let rows = shown.map { row in
      ReportSections.row(
        row.measure.heading,
        [
          HTML(row.measure.text(row.from)), HTML(row.measure.text(row.to)),
          HTML(row.test.map { row.measure.text($0.difference) } ?? "–"),
          HTML(row.test.flatMap(Finding.effect) ?? "–"),
          HTML(row.test.map { Finding.probability($0.pValue) } ?? "–"),
        ])
    }
    return element("section") {
      element("h2") { "The main contrast" }
      element("p", ["class": "note"]) {
        "Means over \(contrast.pairs) seeds ± half of the 95 % interval (Student’s t), or (in "
          + "brackets) the range of two values, and intervals cut off at what is possible; the "
          + "difference is paired by seed, d is Cohen’s for paired samples. The p-values are not "
          + "corrected for their number. Likelihoods are those of the models’ own noise and prior "
          + "scales: free filters can widen the prior, filters of unit norm cannot."
      }
      ReportSections.table(
        head: ["", contrast.from.title, contrast.to.title, "difference", "d", "p"].map {
          HTML($0)
        }, rows: rows)
      ReportSections.glossary
    }
  }

  private var conditionsTable: HTML {
    let measures = Measure.inTables.filter { measure in
      measure.isMain && results.conditions.contains { $0.summary(of: measure) != nil }
    }
    var rows: [HTML] = []
    var factor = ""
    for results in results.conditions {
      if results.condition.factor != factor {
        factor = results.condition.factor
        rows.append(
          element("tr", ["class": "factor"]) {
            element("th", ["scope": "rowgroup", "colspan": "\(measures.count + 3)"]) { factor }
          })
      }
      let missing = results.missingSeeds.count
      rows.append(
        ReportSections.row(
          results.condition.title + (missing > 0 ? " (\(missing) not finished)" : ""),
          [
            HTML("\(results.condition.configuration.method.latents)"),
            HTML("\(results.runs.count)"),
          ]
            + measures.map { HTML($0.text(results.summary(of: $0))) }))
    }
    return element("section") {
      element("h2") { "Every condition" }
      element("p", ["class": "note"]) {
        "Means over seeds ± half of the 95 % interval, or (in brackets) the range of two seeds, and "
          + "intervals cut off at what is possible. Each factor is varied around the default. "
          + "All measures are in table.csv and table.json, those of each run in runs.csv."
      }
      ReportSections.table(
        head: (["", "latents", "seeds"] + measures.map(\.heading)).map { HTML($0) }, rows: rows)
      element("details") {
        element("summary") { "Every run" }
        ReportSections.table(
          head: (["", "seed"] + measures.map(\.heading)).map { HTML($0) }, rows: runRows(measures))
      }
    }
  }

  private func runRows(_ measures: [Measure]) -> [HTML] {
    results.conditions.flatMap { results in
      results.runs.map { run in
        ReportSections.row(
          results.condition.title,
          [HTML("\(run.seed)")]
            + measures.map { HTML($0.text(ofRun: $0.value(run))) })
      }
    }
  }

  private var footer: HTML {
    element("footer") {
      "\(results.study.runs.count) runs of \(results.study.conditions.count) conditions. Each is a "
        + "run folder in runs/, with its settings, its course and its weights. After Jiang & "
        + "de la Iglesia 2021, arXiv 2101.09453."
    }
  }
}
