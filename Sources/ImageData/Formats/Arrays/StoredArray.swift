import Foundation

/// An array as it lies in a file or in memory, whose numbers are converted when they are asked for.
public struct StoredArray: Sendable {
  /// Shape and type.
  public let header: ArrayHeader
  /// The numbers; mapped from the file where possible.
  let bytes: Data

  /// - Parameter bytes: exactly those that the header declares.
  /// - Throws: where there are fewer or more, or the header declares none.
  public init(_ header: ArrayHeader, bytes: Data) throws(ImageDataError) {
    let expected = try header.byteCount()
    guard bytes.count == expected else {
      throw header.error(
        "holds \(bytes.count) bytes, not the \(expected) of \(header.shapeText) numbers "
          + "(\(header.type))",
        remedy: "the file is damaged: copy or download it again")
    }
    self.header = header
    self.bytes = bytes
  }

  /// The images in it; grey levels of 0 to 255 are mapped onto 0…1, other numbers are taken as they
  /// are.
  func images(_ layout: ArrayLayout) -> any ImageCollection {
    let (bytes, type, areLevels) = (bytes, header.type, header.areLevels)
    return ImageArray(
      file: header.file, count: layout.count, imageSize: layout.size
    ) { index, pixels in
      guard let target = pixels.baseAddress else { return }
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        let image = start + index * layout.imageStride
        let width = layout.size.width
        for y in 0..<layout.size.height {
          type.convert(
            image + y * layout.rowStride, stride: layout.columnStride, count: width,
            into: target + y * width)
        }
      }
      if areLevels {
        for index in pixels.indices { pixels[index] /= 255 }
      }
    }
  }

  /// All numbers, row-major, as they are.
  func elements<Scalar: BinaryFloatingPoint>(as _: Scalar.Type = Scalar.self) -> [Scalar] {
    let count = bytes.count / header.type.size
    return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      bytes.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
        guard header.isColumnMajor else {
          header.type.convert(source, stride: header.type.size, count: count, into: target)
          return
        }
        let (shape, strides) = (header.shape, header.strides)
        let length = shape.last ?? 1
        var position = [Int](repeating: 0, count: shape.count)
        for row in 0..<count / length {
          let offset = zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
          header.type.convert(
            source + offset, stride: strides.last ?? 1, count: length, into: target + row * length)
          var axis = shape.count - 2
          while axis >= 0 {
            position[axis] += 1
            if position[axis] < shape[axis] { break }
            position[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }
}
