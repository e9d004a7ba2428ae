import Files
import Foundation

/// An array as it lies in a file or in memory, whose numbers are converted when they are asked for.
struct StoredArray: Sendable {
  /// Shape and type.
  let header: ArrayHeader
  /// The numbers; mapped from the file where possible.
  let bytes: Data

  /// - Parameter bytes: exactly those that the header declares.
  /// - Throws: where there are fewer or more, or the header declares none.
  init(_ header: ArrayHeader, bytes: Data) throws(ImageDataError) {
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

  /// The numbers of some rows, which the first axis counts, as they are; nil takes all.
  ///
  /// - Returns: row-major, the last axis varying fastest.
  func elements<Scalar: BinaryFloatingPoint>(ofRows rows: Range<Int>? = nil) -> [Scalar] {
    let (shape, strides, type) = (header.shape, header.strides, header.type)
    let rows = rows ?? 0..<(shape.first ?? 1)
    let columns = shape.dropFirst().reduce(1, *)
    if rows.isEmpty || columns == 0 { return [] }
    return [Scalar](unsafeUninitializedCapacity: rows.count * columns) { target, initialized in
      initialized = rows.count * columns
      bytes.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let target = target.baseAddress else { return }
        let first = rows.lowerBound * columns
        guard header.isColumnMajor, let width = shape.dropFirst().last else {
          type.convert(
            source + first * type.size, stride: type.size, count: rows.count * columns,
            into: target)
          return
        }
        // Along the last axis, numbers are equally far apart.
        for run in 0..<rows.count * columns / width {
          var (offset, rest) = (0, first / width + run)
          for axis in shape.indices.dropLast().reversed() {
            offset += rest % shape[axis] * strides[axis]
            rest /= shape[axis]
          }
          type.convert(
            source + offset, stride: strides[shape.count - 1], count: width,
            into: target + run * width)
        }
      }
    }
  }
}

/// The images in an array; grey levels of 0 to 255 are mapped onto 0…1, other numbers are taken as
/// they are.
struct StoredImages: ImageCollection {
  private let array: StoredArray
  private let layout: ArrayLayout

  /// - Throws: where the array's axes do not fit.
  init(_ array: StoredArray, _ reading: ArrayReading) throws(ImageDataError) {
    (self.array, layout) = (array, try ArrayLayout(array.header, reading))
  }

  var count: Int { layout.count }
  var areLevels: Bool { array.header.areLevels }

  func size(at index: Int) -> ImageSize { layout.size }

  func image(at index: Int) throws(ImageDataError) -> RasterImage {
    let (height, width) = (layout.size.height, layout.size.width)
    var pixels = [Float](unsafeUninitializedCapacity: layout.pixels) { pixels, initialized in
      initialized = layout.pixels
      array.bytes.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let target = pixels.baseAddress else { return }
        for row in 0..<layout.channels * height {
          let (channel, y) = row.quotientAndRemainder(dividingBy: height)
          array.header.type.convert(
            source + index * layout.imageStride + channel * layout.channelStride
              + y * layout.rowStride,
            stride: layout.columnStride, count: width, into: target + row * width)
        }
      }
    }
    if array.header.areLevels {
      for index in pixels.indices { pixels[index] /= 255 }
    }
    if let position = pixels.firstIndex(where: { !$0.isFinite }) {
      throw ImageDataError(
        file: array.header.file, "image \(index) holds \(pixels[position]) at pixel \(position)",
        remedy: "every value must be a finite number")
    }
    return RasterImage(height: height, width: width, channels: layout.channels, pixels: pixels)
  }

  func name(at index: Int) -> String { "\(array.header.file.shownPath), image \(index)" }
}
