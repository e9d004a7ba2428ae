import Foundation

/// MATLAB's MAT files, versions 5, 7 and 7.3: one array of numbers, chosen by name, or the only one
/// that could be images. By custom, a stack of images is `[height, width, N]`.
public struct MATLAB: ImageArrayFormat {
  public let name = "MATLAB"

  public init() {}

  public func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: "MATLAB 5.0".utf8) || head.starts(with: "MATLAB 7.3".utf8) ? .images : nil
  }

  public func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let data = try Self.map(file)
    if Self.isHDF5(data) { return try MATLAB73(file).header(of: variable) }
    return try Self.find(variable, in: MATLAB5(file, data).variables(), file).1
  }

  public func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let data = try Self.map(file)
    if Self.isHDF5(data) { return try MATLAB73(file).array(variable) }
    let contents = try MATLAB5(file, data)
    let (variable, header) = try Self.find(variable, in: contents.variables(), file)
    return try contents.array(variable, header)
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

  private static func find(
    _ wanted: String?, in variables: [MATLAB5.Variable], _ file: URL
  ) throws(ImageDataError) -> (MATLAB5.Variable, ArrayHeader) {
    let name: String
    if let wanted {
      name = wanted
    } else {
      let arrays = variables.compactMap { variable in
        variable.header.map { (variable.name, $0.shape) }
      }
      name = try NamedArrays.only(arrays, in: file)
    }
    guard let variable = variables.first(where: { $0.name == name }) else {
      throw NamedArrays.noSuch(name, variables.map(\.name), in: file)
    }
    guard let header = variable.header else {
      throw NamedArrays.notNumbers(name, variable.kind, in: file)
    }
    return (variable, header)
  }
}
