import Foundation

extension URL {
  /// The path as one word of a shell's command, for advice that is typed again.
  package var shellPath: String {
    let path = relativePath
    let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "_-./+:@%".contains($0) }
    return isPlain && !path.isEmpty ? path : "'\(path.replacing("'", with: "'\\''"))'"
  }
}
