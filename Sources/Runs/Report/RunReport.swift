import Compute
import Evaluation
import Files
import Foundation
import ImageData

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
        "\(summary.activeFilters) of \(summary.latents) filters are active: informative, not "
          + "noise-like, and no single pixels. " + constraint(subject.configuration.model)
      }
      element("p", ["class": "claim"]) { "Data: \(subject.record.data.title)." }
      element("div", ["class": "numbers"]) {
        card("active filters", "\(summary.activeFilters)", "of \(summary.latents)")
        card(
          "signal-to-noise ratio", String(format: "%.2f dB", summary.snrDecibels),
          String(format: "−ELBO %.2f nats per test patch", -summary.elbo))
      }
    }
    let rows = Measure.all.compactMap { measure in
      measure.value(run).map {
        ReportSections.row(measure.title, [HTML(measure.text(ofRun: $0))])
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

  private func constraint(_ model: RunConfiguration.ModelSettings) -> String {
    model.constraint == .none
      ? "The decoder's filters are free."
      : "The decoder's constraint is \(model.constraint.rawValue)."
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

extension RunRecord {
  /// What is known of a finished run; measured now, on its own test patches, where it was not yet
  /// or the model is newer.
  static func measured(_ folder: RunFolder, team: ThreadTeam) throws -> RunRecord {
    func date(_ url: URL) -> Date? {
      try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
    }
    if let record = RunRecord(in: folder), let written = date(folder.recordFile),
      let trained = date(folder.modelFile), written >= trained
    {
      return record
    }
    let run = try TrainedRun(folder)
    let settings = run.configuration.data
    let data = try DataSet(
      settings.open(), settings.preparation, team: team)
    let record = RunRecord(
      ModelEvaluation(run, on: data, team: team), data: data,
      seconds: try MetricsTable(contentsOf: folder.metricsFile, through: .max).trainingSeconds,
      team: team)
    try record.write(to: folder)
    return record
  }
}

extension ModelEvaluation {
  /// A finished run measured on its data's test patches, as at the end of training.
  init(_ run: TrainedRun, on data: DataSet, team: ThreadTeam) {
    self.init(
      run.model, on: data.test.rows > 0 ? data.test : data.train,
      noiseTest: Self.noiseTest(for: data.preprocessing, patches: data.train, team: team),
      gaborFitter: Self.gaborFitter(for: data.preprocessing), team: team)
  }
}
