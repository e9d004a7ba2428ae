import CMatio
import Files
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A MATLAB file of version 7.3, which is HDF5, read by matio.
///
/// HDF5 is not safe against every damage, so that files are read in a child process: where a file
/// makes it crash, that is an error here like any other.
struct MATLAB73 {
  private let file: URL
  private let size: Int

  init(_ file: URL) throws(ImageDataError) {
    guard let size = fileSize(file) else {
      throw ImageDataError(file: file, "cannot be read: \(systemFailure())")
    }
    (self.file, self.size) = (file, size)
  }

  func header(of variable: String?) throws(ImageDataError) -> ArrayHeader {
    let child = try Child(file, wanted: nil)
    let variables = try child.variables(in: file)
    try child.finish(file)
    let name: String
    if let variable {
      name = variable
    } else {
      let arrays = variables.compactMap { variable in
        variable.header.map { (variable.name, $0.shape) }
      }
      name = try NamedArrays.only(arrays, in: file)
    }
    guard let found = variables.first(where: { $0.name == name }) else {
      throw NamedArrays.noSuch(name, variables.map(\.name), in: file)
    }
    guard let header = found.header else {
      throw NamedArrays.notNumbers(name, found.kind, in: file)
    }
    return header
  }

  func array(_ variable: String?) throws(ImageDataError) -> StoredArray {
    let header = try header(of: variable)
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
    let child = try Child(file, wanted: header.variable)
    _ = try child.variables(in: file, upTo: header.variable)
    guard try child.number(file) == count else {
      throw header.error(
        "its numbers are damaged or incomplete", remedy: "copy or download the file again")
    }
    let bytes = try child.bytes(count, file)
    try child.finish(file)
    return try StoredArray(header, bytes: Data(bytes))
  }

  /// What the file says about a variable.
  private struct Variable {
    var name: String
    /// nil where it is no array of real numbers.
    var header: ArrayHeader?
    /// What it is, where it is no array of real numbers.
    var kind: String
  }

  /// The process that reads the file, and what it sends.
  private final class Child {
    private let process: pid_t
    private let descriptor: Int32
    private let input: InputFile
    private var hasEnded = false

    /// - Parameter wanted: the variable whose numbers are to be sent.
    init(_ file: URL, wanted: String?) throws(ImageDataError) {
      var descriptor: Int32 = -1
      process = svae_matio_start(file.path, wanted, &descriptor)
      guard process > 0 else {
        throw ImageDataError(
          file: file, "cannot be read: no process can be started: \(systemFailure())")
      }
      self.descriptor = descriptor
      input = InputFile(stream: descriptor)
    }

    deinit {
      close(descriptor)
      if !hasEnded { _ = svae_matio_wait(process) }
    }

    /// - Throws: where the process did not end well.
    func finish(_ file: URL) throws(ImageDataError) {
      hasEnded = true
      if svae_matio_wait(process) != 0 { throw damaged(file) }
    }

    func bytes(_ count: Int, _ file: URL) throws(ImageDataError) -> [UInt8] {
      let bytes = try input.read(count)
      guard bytes.count == count else { throw damaged(file) }
      return bytes
    }

    func number(_ file: URL) throws(ImageDataError) -> Int {
      Self.number(try bytes(8, file))
    }

    /// All variables, or those up to one of this name.
    func variables(in file: URL, upTo last: String? = nil) throws(ImageDataError) -> [Variable] {
      var variables: [Variable] = []
      while true {
        let head = try input.read(8)
        if head.isEmpty && last == nil { return variables }
        guard head.count == 8 else { throw damaged(file) }
        let length = Self.number(head)
        guard (0...4096).contains(length) else { throw damaged(file) }
        let name = String(decoding: try bytes(length, file), as: UTF8.self)
        var fields: [Int] = []
        for _ in 0..<4 { fields.append(try number(file)) }
        guard (0...8).contains(fields[3]) else { throw damaged(file) }
        var shape: [Int] = []
        for _ in 0..<fields[3] { shape.append(try number(file) & (1 << 62 - 1)) }
        variables.append(Self.variable(name, fields, shape, file))
        if name == last { return variables }
      }
    }

    private static func number(_ bytes: [UInt8]) -> Int {
      bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    }

    private func damaged(_ file: URL) -> ImageDataError {
      ImageDataError(
        file: file, "is a damaged MATLAB file", remedy: "copy or download it again")
    }

    private static func variable(
      _ name: String, _ fields: [Int], _ shape: [Int], _ file: URL
    ) -> Variable {
      let (code, isComplex, isLogical) = (
        matio_classes(UInt32(truncatingIfNeeded: fields[0])), fields[1] != 0, fields[2] != 0
      )
      var variable = Variable(name: name, header: nil, kind: Self.kind(code, isComplex))
      guard let kind = kinds.first(where: { $0.0 == code })?.1, !isComplex, !shape.isEmpty else {
        return variable
      }
      // In memory, numbers have this machine's order.
      var header = ArrayHeader(
        file: file, variable: name, shape: shape,
        type: NumberType(kind, isBigEndian: 1.bigEndian == 1), isColumnMajor: true,
        imageAxis: .last)
      header.areLevels = kind == .uint8 && !isLogical
      variable.header = header
      return variable
    }

    private static let kinds: [(matio_classes, NumberType.Kind)] = [
      (MAT_C_DOUBLE, .float64), (MAT_C_SINGLE, .float32), (MAT_C_INT8, .int8),
      (MAT_C_UINT8, .uint8), (MAT_C_INT16, .int16), (MAT_C_UINT16, .uint16),
      (MAT_C_INT32, .int32), (MAT_C_UINT32, .uint32), (MAT_C_INT64, .int64),
      (MAT_C_UINT64, .uint64),
    ]

    /// What a variable is, where it is no array of real numbers.
    private static func kind(_ code: matio_classes, _ isComplex: Bool) -> String {
      switch code {
      case _ where isComplex: "an array of complex numbers"
      case MAT_C_CELL: "a cell array"
      case MAT_C_STRUCT: "a struct"
      case MAT_C_CHAR: "text"
      case MAT_C_SPARSE: "a sparse matrix"
      default: "no array of numbers"
      }
    }
  }
}
