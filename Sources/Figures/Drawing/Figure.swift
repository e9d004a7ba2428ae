import Files
import Foundation

/// A picture made from numbers: it knows its size and draws itself, in any format.
public protocol Figure: Sendable {
  /// The picture's extent, in points.
  var size: Size { get }

  /// Draws the picture on a canvas of its size.
  func draw(on canvas: Canvas)
}

extension Figure {
  /// The picture as the content of a file.
  ///
  /// - Parameter pixelsPerPoint: the resolution of a PNG; SVG and PDF have none.
  /// - Throws: `FigureError.tooLarge`, `FigureError.notDrawn`.
  public func data(
    format: FigureFormat, pixelsPerPoint: Int = 2
  ) throws(FigureError) -> [UInt8] {
    let canvas = try Canvas(size: size, format: format, pixelsPerPoint: pixelsPerPoint)
    draw(on: canvas)
    return try canvas.finish()
  }

  /// The picture as a PNG file, 2 pixels per point.
  public var pngData: [UInt8] {
    get throws(FigureError) { try data(format: .png) }
  }

  /// The picture as an SVG file.
  public var svgText: String {
    get throws(FigureError) { String(decoding: try data(format: .svg), as: UTF8.self) }
  }

  /// Writes the picture to a file, in the format that the extension of its name says.
  ///
  /// The file appears whole or not at all: it is written beside its place under another name, then
  /// renamed.
  ///
  /// - Throws: `FigureError`, which names the file.
  public func write(to path: String, pixelsPerPoint: Int = 2) throws(FigureError) {
    let format = try FigureFormat(path: path)
    let file = URL(filePath: path)
    let folder = file.deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
      || !isFolder.boolValue
    {
      throw .missingFolder(folder, path: path)
    }
    let bytes = try data(format: format, pixelsPerPoint: pixelsPerPoint)
    do {
      try AtomicFile.write(Data(bytes), to: file)
    } catch {
      throw .notWritten(path: path, reason: error.reason)
    }
  }
}
