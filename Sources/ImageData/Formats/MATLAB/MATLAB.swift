import Foundation

/// MATLAB's MAT files, versions 5, 7 and 7.3: one array of numbers, chosen by name, or the only one
/// that could be images. By custom, a stack of images is `[height, width, N]`.
public struct MATLAB: ImageArrayFormat {
  public let name = "MATLAB"

  /// The format; its only setting is `reader`.
  public init() {}

  public func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: "MATLAB 5.0".utf8) || head.starts(with: "MATLAB 7.3".utf8) ? .images : nil
  }

  public func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let data = try Self.map(file)
    if Self.isHDF5(data) { return try MATLAB73(file).header(of: variable) }
    return try Self.choose(variable, from: MATLAB5(file, data).variables(), in: file)
  }

  public func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let data = try Self.map(file)
    if Self.isHDF5(data) { return try MATLAB73(file).array(variable) }
    let contents = try MATLAB5(file, data)
    let variables = try contents.variables()
    let header = try Self.choose(variable, from: variables, in: file)
    guard let chosen = variables.first(where: { $0.name == header.variable }) else {
      throw NamedArrays.noSuch(header.variable ?? "", variables.map(\.name), in: file)
    }
    return try contents.array(chosen, header)
  }

  private static func map(_ file: URL) throws(ImageDataError) -> Data {
    let data: Data
    do {
      data = try Data(contentsOf: file, options: .mappedIfSafe)
    } catch {
      throw ImageDataError(file: file, "cannot be read: \(error.localizedDescription)")
    }
    if data.isEmpty {
      throw ImageDataError(file: file, "is empty", remedy: "expected a MATLAB file")
    }
    return data
  }

  private static func isHDF5(_ data: Data) -> Bool { data.starts(with: "MATLAB 7.3".utf8) }

  private static func choose(
    _ wanted: String?, from variables: [MATLAB5.Variable], in file: URL
  ) throws(ImageDataError) -> ArrayHeader {
    try NamedArrays.choose(
      wanted, from: variables.map { .init(name: $0.name, header: $0.header, kind: $0.kind) },
      in: file)
  }
}
