import CZlib
import Files
import Foundation

/// Reads a file from its start, unpacking it on the way if it is gzipped.
///
/// Never allocates more than the file can hold: deflate shrinks to no less than 1/1032.
struct ByteReader: ~Copyable {
  let file: URL
  private let data: Data
  private var position = 0
  /// Unpacks `data`; nil where the file is not gzipped.
  private let gzip: gzFile?

  init(_ file: URL) throws(ImageDataError) {
    let data = try contents(of: file)
    let isGzipped = data.starts(with: [0x1F, 0x8B])
    let gzip = isGzipped ? SystemPath.with(file.path) { gzopen($0, "rb") } : nil
    if let gzip {
      gzbuffer(gzip, 1 << 17)
    } else if isGzipped {
      throw ImageDataError(file: file, "cannot be read: \(systemFailure())")
    }
    (self.file, self.data, self.gzip) = (file, data, gzip)
  }

  deinit { if let gzip { gzclose(gzip) } }

  /// Size of the file as it lies on the disk.
  var sizeOnDisk: Int { data.count }

  /// The bytes that are left, where the file is not gzipped; an upper bound otherwise.
  var remaining: Int { gzip == nil ? data.count - position : data.count * 1032 }

  /// The next `count` bytes, or fewer where the file ends.
  mutating func read(_ count: Int) throws(ImageDataError) -> [UInt8] {
    [UInt8](try take(count))
  }

  /// The same, without a copy where the file is not gzipped.
  mutating func take(_ count: Int) throws(ImageDataError) -> Data {
    if let gzip { return try unpack(gzip, count) }
    let end = min(data.count, position + count)
    defer { position = end }
    return data[position..<end]
  }

  /// The last `count` bytes.
  ///
  /// - Parameter content: what they are, in words.
  /// - Throws: where there are fewer or more.
  mutating func rest(_ count: Int, _ content: String) throws(ImageDataError) -> Data {
    let bytes = try whole(count)
    guard try take(1).isEmpty else {
      throw ImageDataError(
        file: file, "goes on after the \(content) that its header declares",
        remedy: "the header or the file is damaged")
    }
    return bytes
  }

  /// The next `count` bytes.
  ///
  /// - Throws: where there are fewer.
  mutating func whole(_ count: Int) throws(ImageDataError) -> Data {
    if gzip != nil { try MemoryNeeds.requireUnpacked(min(count, remaining), of: file) }
    let bytes = try take(count)
    guard bytes.count == count else {
      throw ImageDataError.incomplete(file, "ends after \(bytes.count) of \(count) bytes")
    }
    return bytes
  }

  private func unpack(_ gzip: gzFile, _ count: Int) throws(ImageDataError) -> Data {
    var bytes = Data(count: min(count, remaining))
    var filled = 0
    while filled < bytes.count {
      let received = bytes.withUnsafeMutableBytes { buffer in
        let wanted = UInt32(min(buffer.count - filled, 1 << 30))
        return gzread(gzip, buffer.baseAddress?.advanced(by: filled), wanted)
      }
      if received > 0 {
        filled += Int(received)
        continue
      }
      var status: Int32 = 0
      let reason =
        gzerror(gzip, &status).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        ?? []
      if status == Z_BUF_ERROR {
        throw ImageDataError.incomplete(file, "ends in the middle of its compressed data")
      }
      guard status == Z_OK else {
        // The library puts the file's name before what it says.
        let name = SystemPath.bytes(file.path).count + 2
        let text = String(decoding: reason.dropFirst(name), as: UTF8.self)
        throw ImageDataError.damaged(file, "has damaged gzip data: \(text)")
      }
      break
    }
    return bytes.prefix(filled)
  }
}
