import Foundation
import Synchronization

/// Checksums of files, taken while they are read for their images.
final class FileChecksums: Sendable {
  private static let piece = 1 << 20
  private static let pieces = 256

  /// Length and checksum.
  private let known = Mutex<[URL: (length: Int, digits: String)]>([:])

  /// Notes the checksum of a file that was read, unless it is known.
  func note(_ url: URL, _ contents: Data) {
    guard known.withLock({ $0[url] }) == nil else { return }
    let digits = try? Self.digits(length: contents.count) { range throws(ImageDataError) in
      contents.dropFirst(range.lowerBound).prefix(range.count)
    }
    guard let digits else { return }
    known.withLock { $0[url] = (contents.count, digits) }
  }

  /// The checksum of a file that was read when it had this length; nil of others.
  subscript(url: URL, length length: Int) -> String? {
    known.withLock { $0[url] }.flatMap { $0.length == length ? $0.digits : nil }
  }

  /// The checksum of a file, read now; nil where it cannot be.
  static func checksum(of url: URL, _ length: Int) -> String? {
    guard let input = try? InputFile(path: url.path) else { return nil }
    return try? digits(length: length) { range throws(ImageDataError) in
      Data(try input.read(range.count, at: range.lowerBound))
    }
  }

  /// The CRC-32 of all of a file, or of pieces with gaps between them.
  private static func digits(
    length: Int, _ read: (Range<Int>) throws(ImageDataError) -> Data
  ) throws(ImageDataError) -> String {
    let count = min(pieces, (length + piece - 1) / piece)
    let stride = length <= pieces * piece ? piece : (length - piece) / (pieces - 1)
    var sum = CRC32()
    for index in 0..<count {
      let start = index * stride
      sum.add(try read(start..<min(length, start + piece)))
    }
    return sum.digits
  }
}
