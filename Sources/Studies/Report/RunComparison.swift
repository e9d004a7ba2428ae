import Compute
import Evaluation
import Files
import Foundation
import Learning

/// Finished runs side by side, their filters matched one to one with the first run's.
public struct RunComparison {
  private let folders: [RunFolder]
  private let content: ReportContent
  /// With the first run's filters; nil for the first run, and for filters of other sizes.
  private let matchings: [FilterMatching?]
  /// To infer 1,000 patches; nil where a run's data is not there.
  private let inferenceSeconds: [Double?]

  /// - Throws: a `RunError` where a run is not finished.
  public init(_ folders: [RunFolder], team: ThreadTeam) throws {
    self.folders = folders
    var subjects = try folders.map { folder in
      try ReportSubject(
        title: folder.url.lastPathComponent, record: .measured(folder, team: team), folder: folder)
    }
    // Runs of one name in different studies keep their path.
    if Set(subjects.map(\.title)).count < subjects.count {
      for index in subjects.indices { subjects[index].title = folders[index].url.relativePath }
    }
    let first = subjects[0]
    matchings = subjects.enumerated().map { index, subject in
      index == 0 || subject.filters.columns != first.filters.columns
        ? nil : FilterMatching(first.filters, subject.filters)
    }
    for index in subjects.indices.dropFirst() {
      if let matching = matchings[index] { subjects[index].align(with: first, by: matching) }
    }
    inferenceSeconds = folders.map { folder in
      (try? InferenceTiming.secondsPerThousand(folder.finishedRun(), team: team)).flatMap { $0 }
    }
    content = ReportContent(subjects: subjects, mainCount: subjects.count)
  }

  private var measures: [(measure: Measure, values: [Double?])] {
    let runs = content.subjects.map { MeasuredRun($0.record) }
    return Measure.inTables.filter { !$0.name.hasPrefix("stability") }
      .map { measure in (measure, runs.map(measure.value)) }
  }

  /// An object with `runs`, the measures of each, and `matching`, the filters' pairs with the first
  /// run's: `[first, other, cosine]`.
  public func json() throws -> String {
    let runs: [[String: Any]] = content.subjects.indices.map { index in
      var object: [String: Any] = [
        "run": folders[index].url.relativePath,
        "method": type(of: content.subjects[index].method).name,
        "constraint": content.subjects[index].method.brief.constraint ?? NSNull(),
        "latents": content.subjects[index].record.summary.latents,
      ]
      for (measure, values) in measures {
        object[measure.name] = values[index].flatMap { $0.isFinite ? $0 : nil } ?? NSNull()
      }
      object["inferenceSecondsPer1000"] = inferenceSeconds[index] ?? NSNull()
      object["meanSimilarity"] = matchings[index]?.meanSimilarity ?? NSNull()
      return object
    }
    let matching: [[String: Any]] = matchings.enumerated().compactMap { index, matching in
      matching.map { matching in
        [
          "run": folders[index].url.relativePath,
          "pairs": matching.pairs.map { [Double($0.first), Double($0.second), $0.cosine] },
        ]
      }
    }
    return try jsonText(["runs": runs, "matching": matching])
  }

  /// The measures, a column a run.
  public var text: String {
    let rows =
      [[""] + content.subjects.map(\.title)]
      + [["latents"] + content.subjects.map { "\($0.record.summary.latents)" }]
      + measures.filter { row in row.values.contains { $0 != nil } }.map { row in
        [row.measure.heading] + row.values.map(row.measure.text(ofRun:))
      } + extraRows.map { [$0.title] + $0.values }
    return TextTable(rows: rows).text
  }

  /// What is known of runs side by side only.
  private var extraRows: [(title: String, values: [String])] {
    [
      (
        "seconds to infer 1,000 patches",
        inferenceSeconds.map { $0.map { String(format: "%.4f", $0) } ?? "–" }
      ),
      ("similarity with the first", matchings.map(similarity)),
    ]
  }

  private func similarity(_ matching: FilterMatching?) -> String {
    matching?.meanSimilarity.map { String(format: "%.3f", $0) } ?? "–"
  }

  /// Writes report.html and figures/ into a folder.
  ///
  /// - Returns: the page.
  public func write(to url: URL) throws -> URL {
    let figures = try FigureFolder(in: url)
    let names = content.subjects.map(\.title)
    let title = "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
    let rows =
      measures.filter { row in row.values.contains { $0 != nil } }.map { row in
        ReportSections.row(
          row.measure.heading, row.values.map { HTML(row.measure.text(ofRun: $0)) })
      } + extraRows.map { ReportSections.row($0.title, $0.values.map { HTML($0) }) }
    let page = ReportPage(
      title: title,
      sections: [
        element("header") {
          element("h1") { title }
          element("p", ["class": "finding"]) { HTML(finding) }
        },
        element("section") {
          element("h2") { "The numbers" }
          ReportSections.table(head: ([""] + names).map { HTML($0) }, rows: rows)
          ReportSections.glossary
        },
        try ReportSections.mosaics(
          of: content, in: figures, areLinked: true,
          text: "Filters at the same place are matched: together they have the greatest absolute "
            + "cosine with those of \(names[0]). Filters without a partner come last."),
        try ReportSections.figures(of: content, in: figures),
        try ReportSections.examples(of: content, in: figures),
        try ReportSections.provenance(of: content, folders: folders),
      ])
    let file = url.appending(path: "report.html")
    try AtomicFile.write(Data(page.text.utf8), to: file)
    return file
  }

  private var finding: String {
    content.subjects.map { subject in
      let summary = subject.record.summary
      return "\(subject.title): \(summary.activeFilters) of \(summary.latents) filters active "
        + "(\(summary.reasons)), \(summary.quality)"
    }.joined(separator: "; ") + "."
  }
}
