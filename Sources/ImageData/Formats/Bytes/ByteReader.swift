import CZlib
import Foundation

/// Reads a file from its start, unpacking it on the way if it is gzipped.
///
/// Never allocates more than the file can hold: deflate shrinks to no less than 1/1032.
struct ByteReader: ~Copyable {
  let file: URL
  private let data: Data
  private var position = 0
  private let stream: UnsafeMutablePointer<z_stream>?
  private var isFinished = false

  init(_ file: URL) throws(ImageDataError) {
    self.file = file
    do {
      // Large files are mapped: what is not asked for takes no memory.
      let isLarge = (fileSize(file) ?? 0) > 1 << 24
      data = try Data(contentsOf: file, options: isLarge ? .alwaysMapped : [])
    } catch {
      throw ImageDataError(file: file, "cannot be read: \(error.localizedDescription)")
    }
    guard data.starts(with: [0x1F, 0x8B]) else {
      stream = nil
      return
    }
    stream = .allocate(capacity: 1)
    stream?.initialize(to: z_stream())
    // 15 bits of window, plus 16: a gzip wrapper, whose checksum is verified.
    let status = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib's inflateInit2 returned \(status)")
  }

  deinit {
    if let stream {
      inflateEnd(stream)
      stream.deallocate()
    }
  }

  /// The most bytes that the whole file can unpack to.
  var largestSize: Int { stream == nil ? data.count : data.count * 1032 }

  /// Size of the file as it lies on the disk.
  var sizeOnDisk: Int { data.count }

  /// The next `count` bytes, or fewer where the file ends.
  mutating func read(_ count: Int) throws(ImageDataError) -> [UInt8] {
    guard let stream else {
      let end = min(data.count, position + count)
      defer { position = end }
      return [UInt8](data[position..<end])
    }
    return [UInt8](try unpack(stream, count))
  }

  /// The same, without a copy where the file is not gzipped.
  mutating func take(_ count: Int) throws(ImageDataError) -> Data {
    if let stream { return try unpack(stream, count) }
    let end = min(data.count, position + count)
    defer { position = end }
    return data[position..<end]
  }

  /// The bytes that are left, where the file is not gzipped; at most so many otherwise.
  var remaining: Int { stream == nil ? data.count - position : largestSize }

  private mutating func unpack(
    _ stream: UnsafeMutablePointer<z_stream>, _ count: Int
  ) throws(ImageDataError) -> Data {
    var bytes = Data(count: min(count, largestSize))
    let filled = try inflate(stream, into: &bytes)
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  private mutating func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, into bytes: inout Data
  ) throws(ImageDataError) -> Int {
    var filled = 0
    while filled < bytes.count, !isFinished {
      let (status, consumed, produced) = data.withUnsafeBytes { input in
        bytes.withUnsafeMutableBytes { output in
          let inputSize = min(input.count - position, Int(UInt32.max))
          let outputSize = min(output.count - filled, Int(UInt32.max))
          let source = input.bindMemory(to: UInt8.self).baseAddress?.advanced(by: position)
          stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
          stream.pointee.avail_in = UInt32(inputSize)
          stream.pointee.next_out =
            output.bindMemory(to: UInt8.self).baseAddress?.advanced(by: filled)
          stream.pointee.avail_out = UInt32(outputSize)
          let status = CZlib.inflate(stream, Z_NO_FLUSH)
          return (
            status, inputSize - Int(stream.pointee.avail_in),
            outputSize - Int(stream.pointee.avail_out)
          )
        }
      }
      position += consumed
      filled += produced
      switch status {
      case Z_STREAM_END where position < data.count:
        // Another gzip member follows.
        inflateReset(stream)
      case Z_STREAM_END:
        isFinished = true
      case Z_OK where consumed + produced > 0:
        continue
      case Z_OK, Z_BUF_ERROR:
        throw ImageDataError(
          file: file, "ends in the middle of its compressed data",
          remedy: "the file is incomplete: copy or download it again")
      default:
        throw ImageDataError(
          file: file,
          "has damaged gzip data: \(stream.pointee.msg.map { String(cString: $0) } ?? "checksum")",
          remedy: "copy or download the file again")
      }
    }
    return filled
  }
}
