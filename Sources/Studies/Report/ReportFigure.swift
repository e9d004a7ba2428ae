import Figures
import Foundation
import Learning

/// A figure of a report. A new figure is one more such type, listed in `ReportFigures.all`.
protocol ReportFigure: Sendable {
  /// The files' name, without extension.
  var name: String { get }
  /// A heading.
  var title: String { get }
  /// What is to be seen, and how to read it.
  var caption: String { get }
  /// Nil where the content has nothing for this figure.
  func figure(of content: ReportContent) -> (any Figure)?
}

/// The figures of every report, in their order.
enum ReportFigures {
  static let all: [any ReportFigure] = [
    ActiveByCondition(), ActiveOverTraining(), ObjectiveOverTraining(), DefinitionsFigure(),
    DivergenceByRank(), NormsFigure(), FrequencyFigure(), OrientationFigure(),
    OrientationFrequencyFigure(), AmortizationFigure(),
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
    let code = Data(try figure.svgText.utf8).base64EncodedString()
    return emptyElement(
      "img",
      [
        "class": "chart", "alt": description, "width": "\(Int(figure.size.width * 1.5))",
        "src": "data:image/svg+xml;base64,\(code)",
      ])
  }

  /// A picture of pixels.
  static func picture(_ figure: any Figure, description: String) throws -> HTML {
    let code = Data(try figure.data(format: .png)).base64EncodedString()
    return emptyElement(
      "img",
      [
        "class": "picture", "alt": description, "width": "\(Int(figure.size.width))",
        "src": "data:image/png;base64,\(code)",
      ])
  }
}
