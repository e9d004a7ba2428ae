import Files
import Foundation

/// The bytes of a file; those of a large one are mapped into memory, so that what is not asked for
/// takes none.
///
/// - Throws: where the file cannot be read.
func contents(of file: URL) throws(ImageDataError) -> Data {
  try InputFile(path: file.path).contents()
}

/// The size of a file in bytes; nil where there is none.
func fileSize(_ file: URL) -> Int? { SystemPath.status(file.path).map { Int($0.st_size) } }
