import Foundation

/// IDX, the format of MNIST and its relatives, plain or gzipped: images `[N, height, width]`.
///
/// A header of two zeros, the numbers' type, the number of dimensions, and each dimension as a
/// big-endian UInt32; then the numbers, big-endian. Unsigned bytes are mapped onto 0…1, numbers
/// of other types are taken as they are.
struct IDX: ImageArrayFormat {
  let name = "IDX"

  func contents(_ head: [UInt8]) -> ImageArrayContents? {
    guard head.count >= 4, head[0] == 0, head[1] == 0, Self.types[head[2]] != nil,
      (1...8).contains(head[3])
    else { return nil }
    return head[3] == 3 ? .images : .other
  }

  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    var reader = try ByteReader(file)
    return try header(&reader)
  }

  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    var reader = try ByteReader(file)
    let header = try header(&reader)
    let size = try header.byteCount()
    let content = "\(header.shape[0]) images of \(header.shape[1]) × \(header.shape[2])"
    guard size <= reader.remaining else {
      throw ImageDataError.incomplete(
        file, "declares \(content), which is \(size) bytes, but holds \(reader.sizeOnDisk)")
    }
    return try StoredArray(header, bytes: reader.rest(size, content))
  }

  private func header(_ reader: inout ByteReader) throws(ImageDataError) -> ArrayHeader {
    let file = reader.file
    let magic = try reader.read(4)
    if magic.isEmpty {
      throw ImageDataError(file: file, "is empty", remedy: "expected an IDX file")
    }
    guard magic.count == 4, magic[0] == 0, magic[1] == 0 else {
      throw ImageDataError(
        file: file, "is not an IDX file", remedy: "one starts with two zeros, type and dimensions")
    }
    guard let element = Self.types[magic[2]] else {
      throw ImageDataError(
        file: file, "has numbers of the unknown IDX type \(magic[2])",
        remedy: "known are 8, 9, 11, 12, 13 and 14")
    }
    guard magic[3] == 3 else {
      throw ImageDataError(
        file: file,
        magic[3] == 1
          ? "holds labels (one dimension), not images" : "has \(magic[3]) dimensions, not three",
        remedy: "images have three: number, height, width (train-images-idx3-ubyte)")
    }
    let bytes = try reader.read(12)
    guard bytes.count == 12 else {
      throw ImageDataError.incomplete(file, "ends inside its header")
    }
    let dimensions = (0..<3).map { index in
      bytes[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let header = ArrayHeader(
      file: file, shape: dimensions, type: NumberType(element, isBigEndian: true),
      fixesImageAxis: true)
    guard (try? header.byteCount()) != nil else {
      throw ImageDataError(
        file: file,
        "declares \(dimensions[0]) images of \(dimensions[1]) × \(dimensions[2])",
        remedy: "the header is damaged: each must be at least 1, and the product possible")
    }
    return header
  }

  /// The types of numbers, by their code in the header.
  private static let types: [UInt8: NumberType.Kind] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]
}
