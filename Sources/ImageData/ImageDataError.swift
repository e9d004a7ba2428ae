import Files
import Foundation

/// What is wrong with the data a user gave: the file, the fault, and what would be right.
public struct ImageDataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder at fault; nil where the fault lies in the settings.
  public var file: String?
  /// What is wrong.
  public var problem: String
  /// What would be right.
  public var remedy: String?

  /// An error that reads "FILE: problem; remedy".
  public init(file: URL? = nil, _ problem: String, remedy: String? = nil) {
    self.file = file?.shownPath
    self.problem = SystemPath.shown(problem)
    self.remedy = remedy.map(SystemPath.shown)
  }

  /// "FILE: what is wrong; what would be right".
  public var description: String {
    (file.map { "\($0): " } ?? "") + problem + (remedy.map { "; \($0)" } ?? "")
  }

  /// A file that ends too early.
  static func incomplete(_ file: URL, _ problem: String) -> ImageDataError {
    ImageDataError(
      file: file, problem, remedy: "the file is incomplete: copy or download it again")
  }

  /// A file with a damaged content; nil where `located` is to name it.
  static func damaged(_ file: URL?, _ problem: String) -> ImageDataError {
    ImageDataError(file: file, problem, remedy: "copy or download the file again")
  }

  /// A sound file of a kind that is not read.
  static func unsupported(
    _ what: String, in file: URL? = nil, remedy: String
  ) -> ImageDataError {
    ImageDataError(file: file, "not supported: \(what)", remedy: remedy)
  }

  /// The same fault as a file that cannot be written.
  init(_ error: FileError) {
    self.init(file: error.file, error.problem, remedy: error.remedy)
  }

  /// The same fault, with the file named in which it was found.
  func located(in file: URL) -> ImageDataError {
    var error = self
    error.file = file.shownPath
    return error
  }
}
