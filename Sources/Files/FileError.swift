import Foundation

/// The system refused to write a file: names it, the reason, and what would be right.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file at fault.
  package var file: URL
  /// "No space left on device"
  package var reason: String
  /// What would be right.
  package var remedy: String

  /// An error that reads "FILE: cannot be written: reason; remedy".
  package init(_ file: URL, _ reason: String, remedy: String) {
    self.file = file
    self.reason = reason
    self.remedy = remedy
  }

  /// "cannot be written: No space left on device"
  package var problem: String { "cannot be written: \(reason)" }

  /// "FILE: cannot be written: reason; remedy"
  package var description: String {
    "\(SystemPath.shown(file.relativePath)): \(problem); \(remedy)"
  }
}

/// The system's reason for its last failure.
package func systemFailure() -> String { String(cString: strerror(errno)) }
