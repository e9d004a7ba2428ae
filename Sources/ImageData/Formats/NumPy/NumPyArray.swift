import Compute
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
    let type = NumberType(MemoryLayout<Scalar>.size == 8 ? .float64 : .float32)
    return NPYHeader.bytes(shape: shape, type: type) + bytes(of: elements)
  }

  /// Writes a .npy file, whole or not at all.
  public func write(to file: URL) throws(ImageDataError) { try OutputFile.write(data, to: file) }
}

extension NumPyArray where Scalar == Float {
  /// `[rows, columns]`
  public init(_ matrix: Matrix) {
    self.init(shape: [matrix.rows, matrix.columns], elements: matrix.elements)
  }
}

/// The numbers that arrays are read into and written from: `Float` and `Double`.
public protocol NumPyScalar: BinaryFloatingPoint, Sendable {}

extension Float: NumPyScalar {}
extension Double: NumPyScalar {}

/// The numbers as they lie in memory: little-endian, on every processor that Swift runs on.
func bytes(of elements: [some NumPyScalar]) -> Data { elements.withUnsafeBytes { Data($0) } }
