import CMatio
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A MATLAB file of version 7.3, which is HDF5, read by matio.
///
/// A file that ends too early is an error; against every other damage HDF5 itself is not safe.
struct MATLAB73 {
  private let file: URL

  init(_ file: URL) { self.file = file }

  func header(of variable: String?) throws(ImageDataError) -> ArrayHeader {
    try Self.locked { () throws(ImageDataError) in
      var reader = try Reader(file)
      return try reader.find(variable).header
    }
  }

  func array(_ variable: String?) throws(ImageDataError) -> StoredArray {
    try Self.locked { () throws(ImageDataError) in
      var reader = try Reader(file)
      return try reader.array(variable)
    }
  }

  /// HDF5 bears one thread at a time.
  private static func locked<Value: Sendable>(
    _ body: () throws(ImageDataError) -> Value
  ) throws(ImageDataError) -> Value {
    try lock.withLock { _ in
      silenceHDF5()
      return Result<Value, ImageDataError> { () throws(ImageDataError) in try body() }
    }.get()
  }

  private static let lock = Mutex<Void>(())

  /// What HDF5 finds wrong it would print, beside the error that is thrown; it is told so thread by
  /// thread. The library is matio's affair, so `H5Eset_auto2(H5E_DEFAULT, NULL, NULL)` is looked up
  /// by name.
  private static func silenceHDF5() {
    typealias Function = @convention(c) (Int64, OpaquePointer?, OpaquePointer?) -> Int32
    guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "H5Eset_auto2") else { return }
    _ = unsafeBitCast(symbol, to: Function.self)(0, nil, nil)
  }

  /// The library's handle, closed with this value.
  private struct Reader: ~Copyable {
    private let file: URL
    private let size: Int
    private let handle: OpaquePointer

    init(_ file: URL) throws(ImageDataError) {
      let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
      guard let size = attributes?[.size] as? Int,
        let handle = Mat_Open(file.path, Int32(MAT_ACC_RDONLY.rawValue))
      else {
        throw ImageDataError(
          file: file, "is a damaged MATLAB file", remedy: "copy or download it again")
      }
      (self.file, self.size, self.handle) = (file, size, handle)
    }

    deinit { Mat_Close(handle) }

    mutating func array(_ variable: String?) throws(ImageDataError) -> StoredArray {
      let found = try find(variable)
      let header = found.header
      let count = try header.byteCount()
      // Deflate shrinks to no less than 1/1032.
      guard count <= ZipArchive.harmlessSize || count / ZipArchive.largestGrowth <= size,
        count / 1032 <= size
      else {
        throw header.error(
          "declares \(header.shapeText) numbers (\(header.type)), which is \(count) bytes, but the "
            + "file has \(size)",
          remedy: "the file is incomplete: copy or download it again")
      }
      guard Mat_VarReadDataAll(handle, found.variable.pointer) == 0,
        found.variable.pointer.pointee.nbytes == count,
        let data = found.variable.pointer.pointee.data
      else {
        throw header.error(
          "its numbers are damaged or incomplete", remedy: "copy or download the file again")
      }
      return try StoredArray(header, bytes: Data(bytes: data, count: count))
    }

    struct Found: ~Copyable {
      let variable: Variable
      let header: ArrayHeader
    }

    mutating func find(_ name: String?) throws(ImageDataError) -> Found {
      var names: [String] = []
      var arrays: [(name: String, shape: [Int])] = []
      while let variable = Variable(Mat_VarReadNextInfo(handle)) {
        names.append(variable.name)
        let header = variable.header(in: file)
        if variable.name == name {
          guard let header else {
            throw NamedArrays.notNumbers(variable.name, variable.kind, in: file)
          }
          return Found(variable: variable, header: header)
        }
        if let header { arrays.append((variable.name, header.shape)) }
      }
      if let name { throw NamedArrays.noSuch(name, names, in: file) }
      let only = try NamedArrays.only(arrays, in: file)
      Mat_Rewind(handle)
      return try find(only)
    }
  }

  /// A variable of the file, freed with this value.
  private struct Variable: ~Copyable {
    let pointer: UnsafeMutablePointer<matvar_t>

    init?(_ pointer: UnsafeMutablePointer<matvar_t>?) {
      guard let pointer else { return nil }
      self.pointer = pointer
    }

    deinit { Mat_VarFree(pointer) }

    var name: String { pointer.pointee.name.map { String(cString: $0) } ?? "" }

    /// nil where it is no array of real numbers.
    func header(in file: URL) -> ArrayHeader? {
      let variable = pointer.pointee
      let kinds: [matio_classes: NumberType.Kind] = [
        MAT_C_DOUBLE: .float64, MAT_C_SINGLE: .float32, MAT_C_INT8: .int8, MAT_C_UINT8: .uint8,
        MAT_C_INT16: .int16, MAT_C_UINT16: .uint16, MAT_C_INT32: .int32, MAT_C_UINT32: .uint32,
        MAT_C_INT64: .int64, MAT_C_UINT64: .uint64,
      ]
      guard let kind = kinds[variable.class_type], variable.isComplex == 0,
        let dims = variable.dims, (1...8).contains(variable.rank)
      else { return nil }
      var header = ArrayHeader(
        file: file, variable: name,
        shape: (0..<Int(variable.rank)).map { Int(truncatingIfNeeded: dims[$0] & (1 << 62 - 1)) },
        // In memory, numbers have this machine's order.
        type: NumberType(kind, isBigEndian: 1.bigEndian == 1), isColumnMajor: true,
        imageAxis: .last)
      header.areLevels = kind == .uint8 && variable.isLogical == 0
      return header
    }

    /// What it is, where it is no array of real numbers.
    var kind: String {
      switch pointer.pointee.class_type {
      case _ where pointer.pointee.isComplex != 0: "an array of complex numbers"
      case MAT_C_CELL: "a cell array"
      case MAT_C_STRUCT: "a struct"
      case MAT_C_CHAR: "text"
      case MAT_C_SPARSE: "a sparse matrix"
      default: "no array of numbers"
      }
    }
  }
}

extension matio_classes: @retroactive Hashable {}
