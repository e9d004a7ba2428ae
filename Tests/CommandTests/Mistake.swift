import Testing

/// A command line that cannot be right, and what its user is told.
struct Mistake: CustomTestStringConvertible, Sendable {
  var arguments: [String]
  var status: Int32
  /// Parts of the message.
  var message: [String]
  var testDescription: String { arguments.joined(separator: " ") }

  init(_ arguments: String, _ status: Int32, _ message: String...) {
    self.arguments = arguments.split(separator: " ").map(String.init)
    self.status = status
    self.message = message
  }
}
