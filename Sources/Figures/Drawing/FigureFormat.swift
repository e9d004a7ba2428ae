/// The file formats of figures.
public enum FigureFormat: String, CaseIterable, Hashable, Sendable {
  /// Pixels.
  case png
  /// Shapes and text that stays text, for the web and for editing.
  case svg
  /// Shapes and embedded fonts, for print.
  case pdf

  /// The format of the file at `path`, by its extension, in capitals or not.
  ///
  /// - Throws: `FigureError.unknownExtension`, which names the file and lists the known ones.
  public init(path: String) throws(FigureError) {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let fileExtension = parts.count > 1 ? String(parts[parts.count - 1]) : ""
    guard let format = FigureFormat(rawValue: fileExtension.lowercased()) else {
      throw .unknownExtension(fileExtension, path: path)
    }
    self = format
  }
}
