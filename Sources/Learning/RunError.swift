import Files
import Foundation

/// Something outside the program is not as it must be: names the file, what is wrong, what would be
/// right.
public struct RunError: Error, CustomStringConvertible, Equatable {
  public let description: String

  /// - Parameters:
  ///   - file: the file or folder, where there is one.
  ///   - problem: what is wrong.
  ///   - remedy: what would be right.
  public init(file: URL? = nil, _ problem: String, remedy: String? = nil) {
    description = SystemPath.shown(
      (file.map { "\($0.relativePath): " } ?? "") + problem + (remedy.map { "; \($0)" } ?? ""))
  }
}
