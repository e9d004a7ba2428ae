import Foundation

/// What a data file says about an array: its shape, and how the numbers lie.
struct ArrayHeader: Hashable, Sendable {
  /// The file that says so.
  var file: URL
  /// The array's name, where the file can hold several.
  var variable: String?
  /// The length of each axis.
  var shape: [Int]
  /// How each number is stored.
  var type: NumberType
  /// Whether the first axis varies fastest (MATLAB, Fortran); otherwise the last (C, NumPy).
  var isColumnMajor = false
  /// Which of three axes counts the images, by the custom of those who write this format.
  var imageAxis = ImageAxis.first
  /// Whether the format itself says so: then a shape that looks otherwise is not a reason to ask.
  var fixesImageAxis = false
  /// Whether bytes are only the shortest form of other numbers, or truth values (MATLAB).
  var bytesAreNumbers = false

  /// Whether the numbers are grey levels from 0 to 255, which are mapped onto 0…1.
  var areLevels: Bool { type.kind == .uint8 && !bytesAreNumbers }

  /// Bytes from one number to the next along each axis.
  var strides: [Int] {
    var strides = shape
    var stride = type.size
    for axis in isColumnMajor ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    return strides
  }

  /// "512 × 512 × 10"
  var shapeText: String { Self.text(shape) }

  static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: " × ")
  }

  /// Bytes of all numbers.
  ///
  /// - Parameter allowsNoRows: whether the first axis may be empty; a row must be possible all the
  ///   same.
  /// - Throws: where there are none, or more than any file has.
  func byteCount(allowsNoRows: Bool = false) throws(ImageDataError) -> Int {
    let isEmpty = allowsNoRows && shape.first == 0
    var count = type.size
    for length in isEmpty ? shape.dropFirst() : shape[...] {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length > 0, !overflow, product < 1 << 50 else {
        throw error(
          length == 0 ? "is empty (\(shapeText))" : "declares \(shapeText) numbers",
          remedy: "each axis must be at least 1 long, and the product possible")
      }
      count = product
    }
    return isEmpty ? 0 : count
  }

  /// The error that the file has not as many bytes of numbers as declared.
  func mismatch(declared: Int, held: Int) -> ImageDataError {
    error(
      "declares \(shapeText) numbers (\(type)), which is \(declared) bytes, but holds \(held)",
      remedy: held > declared
        ? "if they are right, write them alone: numpy.save('x.npy', numpy.load(…)); otherwise the "
          + "file is damaged"
        : "the file is damaged: copy or download it again")
  }

  /// An error about this array.
  func error(_ problem: String, remedy: String? = nil) -> ImageDataError {
    ImageDataError(
      file: file, (variable.map { "variable \($0): " } ?? "") + problem, remedy: remedy)
  }
}

/// Which of the three axes of a stack of images counts the images.
public enum ImageAxis: String, CaseIterable, Codable, Hashable, Sendable {
  /// `[N, height, width]`: NumPy, PyTorch, IDX.
  case first
  /// `[height, width, N]`: MATLAB.
  case last
}
