import Foundation

/// The patches of a .npy file, `[N, D]`, `[N, height, width]` or, in colour, `[N, 3, height, width]`
/// in C order, read from any place of
/// it without the rest coming into memory.
struct PatchTable {
  /// Number of patches, N.
  let rows: Int
  /// Of a patch.
  let size: ImageSize
  /// Numbers of a patch.
  let pixels: Int
  private let type: NumberType
  private let input: InputFile
  /// Where the numbers start, in bytes.
  private let start: Int

  /// The table, where the training patches of `source` are more than the memory budget and lie in a
  /// file that can be read in parts; else nil.
  ///
  /// - Throws: where the file cannot be read, or holds less than it declares.
  init?(_ source: DataSource, over configuration: DataConfiguration) throws(ImageDataError) {
    guard configuration.memory != nil, source.kind == .whole,
      case .arrays(let file, nil, let reading) = source, reading.imageAxis != .last
    else { return nil }
    let input = try InputFile(path: file.path)
    guard let length = input.remaining, try input.read(6, at: 0) == NPYHeader.magic else {
      return nil
    }
    let header = try NPYHeader.read(file) { count throws(ImageDataError) in
      try input.read(count)
    }
    let layout = try ArrayLayout(header, reading)
    guard layout.areRows(of: header),
      configuration.exceedsMemory(
        patches: min(layout.count, configuration.patches), pixels: layout.pixels)
    else { return nil }
    let (declared, held) = (try header.byteCount(), input.remaining ?? 0)
    guard held >= declared else { throw header.mismatch(declared: declared, held: held) }
    try NPY.remark(behind: declared, of: header, in: input)
    (rows, size, pixels, type) = (layout.count, layout.size, layout.pixels, header.type)
    (self.input, start) = (input, length - held)
  }

  /// The table's file.
  var file: URL { input.file }

  /// Rows of the file, one after the other; unsigned bytes are mapped onto 0…1.
  ///
  /// - Throws: where the file has become shorter, or a number is not finite.
  func read(_ range: Range<Int>) throws(ImageDataError) -> [Float] {
    let rowBytes = pixels * type.size
    let bytes = try input.read(range.count * rowBytes, at: start + range.lowerBound * rowBytes)
    guard bytes.count == range.count * rowBytes else {
      throw ImageDataError(file: file, "has become shorter while it was read")
    }
    var numbers = type.floats(bytes)
    if type.kind == .uint8 {
      for index in numbers.indices { numbers[index] /= 255 }
    }
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(
        file: file, "row \(range.lowerBound + index / pixels) holds \(numbers[index])",
        remedy: "every value must be a finite number")
    }
    return numbers
  }
}
