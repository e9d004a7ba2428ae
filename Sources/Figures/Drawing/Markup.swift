/// Text within the markup of pages and drawings.
package enum Markup {
  /// Text with the characters replaced that mean something to HTML and XML.
  package static func escaped(_ text: String) -> String {
    // Not by Character: a combining mark makes another one of a quotation mark.
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
