import Compute
import Foundation

/// Writes an array row after row, as .npy, .npz or MATLAB file, by the ending of its name: memory
/// does not grow with the file.
///
/// The file appears when `finish` is called, complete, or not at all.
public final class ArrayRowWriter {
  private var npy: NPYRowWriter?
  private var npz: NPZRowWriter?
  private var matlab: MATLABRowWriter?

  /// - Parameters:
  ///   - path: ends in .npy, .npz or .mat; any name without an ending, a device, and "-" for
  ///     standard output get .npy.
  ///   - name: the array's, in .npz and MATLAB files.
  ///   - rowShape: `[D]`, or `[height, width]`.
  ///   - rows: their number.
  /// - Throws: where the ending is another, the file cannot be created, or it would be larger than
  ///   its format allows.
  public init(path: String, name: String, rowShape: [Int], rows: Int) throws(ImageDataError) {
    let file = URL(filePath: path)
    switch path == "-" ? "" : file.pathExtension.lowercased() {
    case "", "npy": npy = try NPYRowWriter(path: path, rowShape: rowShape, rows: rows)
    case "npz": npz = try NPZRowWriter(file, name: name, rowShape: rowShape, rows: rows)
    case "mat": matlab = try MATLABRowWriter(file, name: name, rowShape: rowShape, rows: rows)
    case let other:
      throw ImageDataError(
        file: file, "no array format goes by .\(other)", remedy: "known are .npy, .npz and .mat")
    }
  }

  /// Whether an array can be written under this name.
  public static func knows(_ path: String) -> Bool {
    ["npy", "npz", "mat"].contains(URL(filePath: path).pathExtension.lowercased())
  }

  /// Appends rows, `[n, columns]`.
  public func append(_ rows: Matrix) throws(ImageDataError) {
    try npy?.append(rows)
    try npz?.append(rows)
    try matlab?.append(rows)
  }

  /// Completes the file and puts it in its place.
  ///
  /// - Throws: where it cannot be written, or the number of rows is not the one that was declared.
  public func finish() throws(ImageDataError) {
    try npy.take()?.finish()
    try npz.take()?.finish()
    try matlab.take()?.finish()
  }
}

/// - Throws: where `written` is not `declared`.
func requireRows(_ declared: Int, written: Int, _ file: URL) throws(ImageDataError) {
  if written != declared {
    throw ImageDataError(file: file, "got \(written) rows instead of \(declared)")
  }
}
