import Foundation
import Learning

/// The parts that all reports share.
enum ReportSections {
  /// The charts, written to the folder and shown.
  static func figures(of content: ReportContent, in folder: FigureFolder) throws -> HTML {
    var shown: [HTML] = []
    for type in ReportFigure.all {
      guard let figure = type.figure(content) else { continue }
      try folder.write(figure, name: type.name)
      let picture = try FigureFolder.chart(figure, description: type.title)
      shown.append(
        element("figure") {
          element("h3") { type.title }
          picture
          element("figcaption") {
            type.caption + (type.remark(content).map { " " + $0 } ?? "")
            emptyElement("br")
            fileNames(type.name)
          }
        })
    }
    return element("section") {
      element("h2") { "How they learned, and what" }
      element("div", ["class": "grid"]) { HTMLBuilder.buildArray(shown) }
    }
  }

  /// Mosaics side by side: the main subjects', then the others' folded away.
  static func mosaics(
    of content: ReportContent, in folder: FigureFolder, areLinked: Bool = false, text: String
  ) throws -> HTML {
    let views = try content.subjects.enumerated().map { index, subject in
      let view = MosaicView(subject: subject, isLinked: areLinked)
      let name = "filters-\(index + 1)"
      try folder.write(view.mosaic, name: name)
      return try view.html(files: name)
    }
    return element("section") {
      element("h2") { "The filters" }
      element("p", ["class": "note"]) { text }
      element("div", ["class": "grid"]) {
        HTMLBuilder.buildArray(Array(views.prefix(content.mainCount)))
      }
      let others = views.count - content.mainCount
      if others > 0 {
        element("details") {
          element("summary") {
            others == 1 ? "The other condition" : "The other \(others) conditions"
          }
          element("div", ["class": "grid"]) {
            HTMLBuilder.buildArray(Array(views.dropFirst(content.mainCount)))
          }
        }
      }
    }
  }

  /// Patches, reconstructions and the filters used for them.
  static func examples(of content: ReportContent, in folder: FigureFolder) throws -> HTML {
    let shown = try content.main.enumerated().compactMap { index, subject -> HTML? in
      if subject.record.examples.isEmpty { return nil }
      let sheet = ExampleSheet(subject)
      let name = "examples-\(index + 1)"
      try folder.write(sheet, name: name)
      let picture = try FigureFolder.picture(sheet, description: "Examples: \(subject.title)")
      return element("figure") {
        element("h3") { subject.title }
        picture
        element("figcaption") {
          "Filters have the sign that they are used with. “Used”: latents that contribute more "
            + "than a tenth of the largest one."
          emptyElement("br")
          fileNames(name)
        }
      }
    }
    if shown.isEmpty { return .empty }
    return element("section") {
      element("h2") { "What the filters do" }
      element("p", ["class": "note"]) {
        "Test patches as the model sees them, its reconstructions from the posterior means or "
          + "sparse codes, and the filters that contribute most."
      }
      element("div", ["class": "grid"]) { HTMLBuilder.buildArray(shown) }
    }
  }

  /// A table that scrolls sideways where the page is narrow.
  static func table(head: [HTML], rows: [HTML]) -> HTML {
    element("div", ["class": "scroll", "tabindex": "0"]) {
      element("table") {
        element("thead") {
          element("tr") {
            HTMLBuilder.buildArray(head.map { cell in element("th", ["scope": "col"]) { cell } })
          }
        }
        element("tbody") { HTMLBuilder.buildArray(rows) }
      }
    }
  }

  static func row(_ name: String, _ cells: [HTML]) -> HTML {
    element("tr") {
      element("th", ["scope": "row"]) { name }
      HTMLBuilder.buildArray(cells.map { cell in element("td") { cell } })
    }
  }

  /// Settings, data and machine.
  static func provenance(of content: ReportContent, folders: [RunFolder]) throws -> HTML {
    let settings = content.main.map { subject in
      (subject.title, subject.method.yaml)
    }
    let checks = content.main.map(\.record.data.check)
    let machine = folders.first.flatMap { folder in
      try? String(contentsOf: folder.environmentFile, encoding: .utf8)
    }
    return element("section") {
      element("h2") { "Settings, data and machine" }
      HTMLBuilder.buildArray(
        Array(Set(checks)).sorted().filter { !$0.isEmpty }.map { check in
          element("pre") { check }
        })
      HTMLBuilder.buildArray(
        settings.map { title, text in
          element("details") {
            element("summary") { "Settings: \(title)" }
            element("pre") { text }
          }
        })
      if let machine {
        element("details") {
          element("summary") { "Machine" }
          element("pre") { machine }
        }
      }
    }
  }

  /// What the words in the tables mean.
  static var glossary: HTML {
    element("details") {
      element("summary") { "What the words mean" }
      HTMLBuilder.buildArray(
        Measure.inTables.map { measure in
          element("p", ["class": "note"]) {
            element("strong") { measure.title }
            HTML(": \(measure.meaning).")
          }
        })
    }
  }
}
