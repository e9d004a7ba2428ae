import Foundation

/// MATLAB's MAT files, versions 5, 7 and 7.3: one array of numbers, chosen by name, or the only one
/// that could be images. By custom, a stack of images is `[height, width, N]`.
public struct MATLAB: ImageArrayFormat {
  let name = "MATLAB"

  func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: "MATLAB 5.0".utf8) || Self.isHDF5(head) ? .images : nil
  }

  func header(of file: URL, variable: String?) throws(ImageDataError) -> ArrayHeader {
    let data = try Self.data(file)
    if Self.isHDF5(data) { return try MATLAB73(file).header(of: variable) }
    return try MATLAB5(file, data).variables().map(\.array).choose(variable, in: file)
  }

  func array(in file: URL, variable: String?) throws(ImageDataError) -> StoredArray {
    let data = try Self.data(file)
    if Self.isHDF5(data) { return try MATLAB73(file).array(variable) }
    return try MATLAB5(file, data).array(variable)
  }

  private static func data(_ file: URL) throws(ImageDataError) -> Data {
    let data = try ImageData.contents(of: file)
    if data.isEmpty {
      throw ImageDataError(file: file, "is empty", remedy: "expected a MATLAB file")
    }
    return data
  }

  private static func isHDF5(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: "MATLAB 7.3".utf8)
  }
}
