import Files
import Foundation

/// A file that appears complete or not at all, or standard output; its errors are of this module.
struct OutputFile: ~Copyable {
  private var file: AtomicFile

  /// Where the file will be.
  var target: URL { file.target }
  /// Whether what is written is gone at once, and cannot be written over.
  var isStream: Bool { file.isStream }
  /// For libraries that write themselves.
  var descriptor: Int32 { file.descriptor }

  init(for target: URL) throws(ImageDataError) {
    do { file = try AtomicFile(for: target) } catch { throw ImageDataError(error) }
  }

  /// The file at `path`, or standard output where it is "-".
  init(path: String) throws(ImageDataError) {
    do { file = try AtomicFile(path: path) } catch { throw ImageDataError(error) }
  }

  /// Writes a file in one piece; what stood there is as it was where that fails.
  static func write(_ data: Data, to target: URL) throws(ImageDataError) {
    do { try AtomicFile.write(data, to: target) } catch { throw ImageDataError(error) }
  }

  /// Appends.
  mutating func write(_ data: Data) throws(ImageDataError) {
    do { try file.write(data) } catch { throw ImageDataError(error) }
  }

  /// Writes at `position`, in bytes; what is appended next still goes where it would have gone.
  mutating func write(_ data: Data, at position: Int) throws(ImageDataError) {
    do { try file.write(data, at: position) } catch { throw ImageDataError(error) }
  }

  /// Puts the file in its place.
  consuming func commit() throws(ImageDataError) {
    do { try file.commit() } catch { throw ImageDataError(error) }
  }
}
