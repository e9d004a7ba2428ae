/// The file formats of figures.
public enum FigureFormat: String, CaseIterable, Hashable, Sendable {
  /// Pixels.
  case png
  /// Shapes and text that stays text, for the web and for editing.
  case svg
  /// Shapes and embedded fonts, for print.
  case pdf

  /// The format that goes by a file extension, in capitals or not, with or without its dot.
  ///
  /// - Throws: `FigureError.unknownExtension`, which lists the known ones.
  public init(fileExtension: String) throws(FigureError) {
    let plain = fileExtension.hasPrefix(".") ? String(fileExtension.dropFirst()) : fileExtension
    guard let format = FigureFormat(rawValue: plain.lowercased()) else {
      throw .unknownExtension(plain, path: nil)
    }
    self = format
  }

  /// The format of the file at `path`, by its extension.
  ///
  /// - Throws: `FigureError.unknownExtension`, which names the file and lists the known ones.
  public init(path: String) throws(FigureError) {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let fileExtension = parts.count > 1 ? String(parts[parts.count - 1]) : ""
    do {
      self = try FigureFormat(fileExtension: fileExtension)
    } catch {
      throw .unknownExtension(fileExtension, path: path)
    }
  }
}
