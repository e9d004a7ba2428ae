import Foundation

/// Rows of texts in columns of equal width.
package struct TextTable {
  package enum Alignment { case left, right }

  private let rows: [[String]]
  private let alignment: [Alignment]

  /// - Parameter alignment: of each column; nil is left for the first and right for the others.
  package init(rows: [[String]], alignment: [Alignment]? = nil) {
    self.rows = rows
    let columns = rows.map(\.count).max() ?? 0
    self.alignment = alignment ?? (0..<columns).map { $0 == 0 ? .left : .right }
  }

  /// Lines without spaces at their ends.
  package var text: String {
    let widths = alignment.indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return alignment[column] == .left ? text + padding : padding + text
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

/// Lines of texts behind labels of equal width.
package func labelled(_ lines: [(label: String, text: String)]) -> String {
  lines.map { label, text in
    label.padding(toLength: 14, withPad: " ", startingAt: 0) + text
  }.joined(separator: "\n")
}
