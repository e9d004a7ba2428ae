import Compute
import Files
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The patches of a .npy file, `[N, D]` or `[N, height, width]` in C order, read from any place of
/// it without the rest coming into memory.
final class PatchTable: Sendable {
  let file: URL
  /// Number of patches, N.
  let rows: Int
  /// Of a patch.
  let size: ImageSize
  private let type: NumberType
  /// Where the numbers start, in bytes.
  private let start: Int
  private let descriptor: Int32

  /// The table, where the training patches of `source` are more than the memory budget and lie in a
  /// file that can be read in parts; else nil.
  ///
  /// - Throws: where the file cannot be read, or holds less than it declares.
  convenience init?(
    _ source: DataSource, over configuration: DataConfiguration
  ) throws(ImageDataError) {
    guard configuration.memory != nil, source.kind == .whole,
      case .arrays(let file, nil, let reading) = source, reading.imageAxis != .last
    else { return nil }
    let format = try imageArrayFormat(of: file)
    guard format is NPY, let start = try Self.start(of: file) else { return nil }
    let header = try format.header(of: file, variable: reading.variable)
    let layout = try ArrayLayout(header, reading)
    guard !header.isColumnMajor,
      configuration.exceedsMemory(
        patches: min(layout.count, configuration.patches), pixels: layout.size.area)
    else { return nil }
    try self.init(file, header, layout, start: start)
  }

  private init(
    _ file: URL, _ header: ArrayHeader, _ layout: ArrayLayout, start: Int
  ) throws(ImageDataError) {
    (self.file, rows, size, type) = (file, layout.count, layout.size, header.type)
    self.start = start
    descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ImageDataError(file: file, "cannot be read: \(systemFailure())")
    }
    let length = Int(lseek(descriptor, 0, SEEK_END))
    let declared = try header.byteCount()
    guard length == start + declared else {
      throw ImageDataError(
        file: file, "declares \(declared) bytes of numbers, but holds \(length - start)",
        remedy: "the file is damaged: copy or download it again")
    }
  }

  deinit { close(descriptor) }

  /// Where the numbers of a plain .npy file start; nil where it is gzipped.
  private static func start(of file: URL) throws(ImageDataError) -> Int? {
    let input = try InputFile(path: file.path)
    guard let length = input.remaining, try input.read(6) == NPYHeader.magic else { return nil }
    let again = try InputFile(path: file.path)
    _ = try NPYHeader(file: file) { count throws(ImageDataError) in try again.read(count) }
    return again.remaining.map { length - $0 }
  }

  /// Rows of the file, one after the other, into rows of `patches` from `target` on.
  ///
  /// Unsigned bytes are mapped onto 0…1.
  ///
  /// - Throws: where the file has become shorter, or a number is not finite.
  func read(
    _ range: Range<Int>, into patches: inout Matrix, at target: Int
  ) throws(ImageDataError) {
    let rowBytes = size.area * type.size
    var bytes = [UInt8](repeating: 0, count: range.count * rowBytes)
    let position = start + range.lowerBound * rowBytes
    let problem: String? = bytes.withUnsafeMutableBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = pread(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
          off_t(position + done))
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return "cannot be read: \(systemFailure())" }
        if count == 0 { return "has become shorter while it was read" }
        done += count
      }
      return nil
    }
    if let problem { throw ImageDataError(file: file, problem) }
    let area = size.area
    patches.elements.withUnsafeMutableBufferPointer { elements in
      bytes.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let base = elements.baseAddress else { return }
        type.convert(
          source, stride: type.size, count: range.count * area, into: base + target * area)
      }
    }
    let places = target * area..<(target + range.count) * area
    if type.kind == .uint8 {
      for place in places { patches.elements[place] /= 255 }
    }
    if let place = places.first(where: { !patches.elements[$0].isFinite }) {
      let row = range.lowerBound + (place - target * area) / area
      throw ImageDataError(
        file: file, "row \(row) holds \(patches.elements[place])",
        remedy: "every value must be a finite number")
    }
  }
}
