import Compute
import Files
import Foundation

/// An array of numbers that is stored as .npy, in C order.
public struct NumPyArray<Scalar: NumPyScalar>: Hashable, Sendable {
  /// The length of each axis.
  public let shape: [Int]
  /// The numbers, the last axis varying fastest.
  public var elements: [Scalar]

  /// An array of as many elements as the shape has.
  public init(shape: [Int], elements: [Scalar]) {
    precondition(
      elements.count == shape.reduce(1, *), "\(elements.count) numbers for the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// Reads an array of any number type, order and byte order, each number rounded to `Scalar`.
  ///
  /// - Throws: where the file is damaged, or holds no plain numbers.
  public init(contentsOf file: URL) throws(ImageDataError) {
    try self.init(NPY().array(in: file, variable: nil))
  }

  init(_ array: StoredArray) {
    shape = array.header.shape
    elements = array.elements()
  }

  /// The bytes of a .npy file, version 1.0, little-endian.
  public var data: Data {
    var data = Data(NPYHeader(shape: shape, type: NumberType(Scalar.kind)).bytes())
    data.append(Scalar.littleEndian(elements[...]))
    return data
  }

  /// Writes a .npy file, whole or not at all.
  public func write(to file: URL) throws(ImageDataError) {
    do {
      try AtomicFile.write(data, to: file)
    } catch {
      throw ImageDataError(error)
    }
  }
}

extension NumPyArray where Scalar == Float {
  /// `[rows, columns]`
  public init(_ matrix: Matrix) {
    self.init(shape: [matrix.rows, matrix.columns], elements: matrix.elements)
  }
}

/// The numbers that arrays are read into and written from: `Float` and `Double`.
public protocol NumPyScalar: BinaryFloatingPoint, Sendable {
  /// The type in the file.
  static var kind: NumberType.Kind { get }
  /// The numbers as they are stored.
  static func littleEndian(_ elements: ArraySlice<Self>) -> Data
}

extension Float: NumPyScalar {
  public static var kind: NumberType.Kind { .float32 }

  public static func littleEndian(_ elements: ArraySlice<Float>) -> Data {
    #if _endian(little)
      elements.withUnsafeBytes { Data($0) }
    #else
      elements.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
    #endif
  }
}

extension Double: NumPyScalar {
  public static var kind: NumberType.Kind { .float64 }

  public static func littleEndian(_ elements: ArraySlice<Double>) -> Data {
    #if _endian(little)
      elements.withUnsafeBytes { Data($0) }
    #else
      elements.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
    #endif
  }
}
