/// Why a figure could not be made or written.
public enum FigureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No format goes by this file extension.
  case unknownExtension(String, path: String)
  /// The folder to write into does not exist.
  case missingFolder(String, path: String)
  /// The system refused to write the file.
  case notWritten(path: String, reason: String)
  /// The picture has more pixels to a side than a PNG file is made with here (32,767).
  case tooLarge(width: Int, height: Int)
  /// The drawing library gave up.
  case notDrawn(reason: String)

  /// What went wrong and what would be right, beginning with the file where there is one.
  public var description: String {
    switch self {
    case .unknownExtension(let fileExtension, let path):
      let known = FigureFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      let fault =
        fileExtension.isEmpty
        ? "a figure's file needs an extension"
        : "no figure format goes by the extension .\(fileExtension)"
      return "\(path): \(fault); known are \(known)"
    case .missingFolder(let folder, let path):
      return "\(path): the folder \(folder) does not exist; create it first"
    case .notWritten(let path, let reason):
      return "\(path): the figure was not written: \(reason)"
    case .tooLarge(let width, let height):
      return "a picture of \(width) × \(height) pixels is too large for PNG (at most 32767 to a "
        + "side); write .svg or .pdf, or ask for fewer pixels per point"
    case .notDrawn(let reason):
      return "the figure was not drawn: \(reason)"
    }
  }
}
