import Figures
import Foundation
import Learning

/// A figure of a report. A new figure is one more such value, listed in `all`.
struct ReportFigure: Sendable {
  /// The files' name, without extension.
  let name: String
  /// A heading.
  let title: String
  /// What is to be seen, and how to read it.
  let caption: String
  /// What is said of this content besides, such as what was left out; nil for nothing.
  var remark: @Sendable (_ content: ReportContent) -> String? = { _ in nil }
  /// Nil where the content has nothing for this figure.
  let figure: @Sendable (_ content: ReportContent) -> (any Figure)?

  /// The figures of every report, in their order.
  static let all = [
    activeByCondition, likelihoodAndFilters, activeOverTraining, objectiveOverTraining, definitions,
    divergenceByRank,
    norms, frequency, orientation, orientationFrequency, contrast, zeros, amortization,
  ]
}

/// Writes figures as PNG and PDF, and shows them in a page.
struct FigureFolder {
  let url: URL

  func write(_ figure: any Figure, name: String) throws {
    for format in ["png", "pdf"] {
      try figure.write(to: url.appending(path: "\(name).\(format)").path)
    }
  }

  /// A chart, sharp at every magnification.
  static func chart(_ figure: any Figure, description: String) throws -> HTML {
    try image(
      "chart", description, width: figure.size.width * 1.5, "svg+xml", figure.data(format: .svg))
  }

  /// A picture of pixels.
  static func picture(_ figure: any Figure, description: String) throws -> HTML {
    try image("picture", description, width: figure.size.width, "png", figure.data(format: .png))
  }

  private static func image(
    _ style: String, _ description: String, width: Double, _ type: String, _ bytes: [UInt8]
  ) -> HTML {
    emptyElement(
      "img",
      [
        "class": style, "alt": description, "width": "\(Int(width))",
        "src": "data:image/\(type);base64,\(Data(bytes).base64EncodedString())",
      ])
  }
}
