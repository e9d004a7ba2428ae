import Compute
import Evaluation
import Files
import Filters
import Foundation
import ImageData
import LatentVariableModels
import Learning

/// The page of one run: report.html and figures/ in its folder.
public struct RunReport {
  private let folder: RunFolder
  private let content: ReportContent

  /// Where the page goes.
  public var file: URL { folder.url.appending(path: "report.html") }

  /// - Throws: a `RunError` where the run is not finished; where it was not yet measured, an error
  ///   of its data.
  public init(_ folder: RunFolder, team: ThreadTeam) throws {
    self.folder = folder
    let subject = try ReportSubject(
      title: folder.url.lastPathComponent, record: .measured(folder, team: team), folder: folder)
    content = ReportContent(subjects: [subject], mainCount: 1)
  }

  /// Writes the page, and every figure as PNG and PDF.
  public func write() throws {
    let figures = try FigureFolder(in: folder.url)
    let subject = content.subjects[0]
    let summary = subject.record.summary
    let run = MeasuredRun(subject.record)
    let head = element("header") {
      element("h1") { "Run \(subject.title)" }
      element("p", ["class": "finding"]) {
        "\(summary.activeFilters) of \(summary.latents) filters are active: "
          + (summary["informative"] == nil ? "used" : "informative")
          + ", not noise-like, and no single pixels. "
          + constraint(subject.method.brief)
      }
      element("p", ["class": "claim"]) { "Data: \(subject.record.data.title)." }
      element("div", ["class": "numbers"]) {
        card(
          "active filters", "\(summary.activeFilters)", "of \(summary.latents): \(summary.reasons)")
        card(
          "signal-to-noise ratio", String(format: "%.2f dB", summary["snrDecibels"] ?? .nan),
          "\(summary.quality), of test patches")
      }
    }
    let rows = Measure.inTables.compactMap { measure in
      measure.value(run).map {
        ReportSections.row(measure.heading, [HTML(measure.text(ofRun: $0))])
      }
    }
    let page = ReportPage(
      title: "Run \(subject.title)",
      sections: [
        head,
        try ReportSections.mosaics(of: content, in: figures, text: "Every filter of the model."),
        element("section") {
          element("h2") { "The numbers" }
          ReportSections.table(head: ["", "value"].map { HTML($0) }, rows: rows)
          ReportSections.glossary
        },
        try ReportSections.figures(of: content, in: figures),
        try ReportSections.examples(of: content, in: figures),
        try ReportSections.provenance(of: content, folders: [folder]),
      ])
    try AtomicFile.write(Data(page.text.utf8), to: file)
  }

  private func card(_ name: String, _ value: String, _ remark: String) -> HTML {
    element("div", ["class": "number"]) {
      element("span") { name }
      element("b") { value }
      element("span") { remark }
    }
  }

  private func constraint(_ brief: MethodBrief) -> String {
    brief.constraint.map { name in
      name == ConstraintFamily.none.rawValue
        ? "The filters are free." : "The filters’ constraint is \(name)."
    } ?? ""
  }
}

extension FigureFolder {
  /// The folder `figures` within `url`, made where it is missing.
  init(in url: URL) throws {
    self.url = url.appending(path: "figures", directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    } catch {
      throw RunError(file: self.url, "cannot be made: \(error.localizedDescription)")
    }
  }
}
