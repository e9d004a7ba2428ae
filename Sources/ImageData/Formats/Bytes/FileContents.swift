import Foundation

/// The bytes of a file, mapped into memory where that is safe.
///
/// - Throws: where the file cannot be read.
func contents(
  of file: URL, _ options: Data.ReadingOptions = .mappedIfSafe
) throws(ImageDataError) -> Data {
  do {
    return try Data(contentsOf: file, options: options)
  } catch {
    if file.path.contains("\u{FFFD}") {
      throw ImageDataError(
        file: file, "cannot be read: its name is not UTF-8",
        remedy: "rename it, or its folder, for instance by convmv -f latin1 -t utf8")
    }
    throw ImageDataError(file: file, "cannot be read: \(error.localizedDescription)")
  }
}

/// The size of a file in bytes; nil where there is none.
func fileSize(_ file: URL) -> Int? {
  (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int
}
