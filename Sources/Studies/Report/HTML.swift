import Figures
import Learning

/// A piece of a page: text is escaped, and elements are closed, so that it is well-formed.
struct HTML: Hashable, Sendable {
  let markup: String

  /// Plain text.
  init(_ text: String) { markup = Markup.escaped(text) }

  /// Markup that is well-formed already: a style sheet, a script.
  init(markup: String) { self.markup = markup }

  static let empty = HTML(markup: "")
}

/// Attributes of an element, in order.
typealias Attributes = KeyValuePairs<String, String>

/// `<name …>content</name>`
func element(
  _ name: String, _ attributes: Attributes = [:], @HTMLBuilder _ content: () -> HTML
) -> HTML {
  HTML(markup: "<\(name)\(text(of: attributes))>\(content().markup)</\(name)>")
}

/// `<name …/>`
func emptyElement(_ name: String, _ attributes: Attributes = [:]) -> HTML {
  HTML(markup: "<\(name)\(text(of: attributes))/>")
}

private func text(of attributes: Attributes) -> String {
  attributes.map { " \($0)=\"\(Markup.escaped($1))\"" }.joined()
}

/// Puts pieces and plain text one after the other.
@resultBuilder
enum HTMLBuilder {
  static func buildExpression(_ piece: HTML) -> HTML { piece }
  static func buildExpression(_ text: String) -> HTML { HTML(text) }
  static func buildBlock(_ pieces: HTML...) -> HTML { buildArray(pieces) }
  static func buildArray(_ pieces: [HTML]) -> HTML {
    HTML(markup: pieces.map(\.markup).joined(separator: "\n"))
  }
  static func buildOptional(_ piece: HTML?) -> HTML { piece ?? .empty }
  static func buildEither(first: HTML) -> HTML { first }
  static func buildEither(second: HTML) -> HTML { second }
}
