import Foundation

/// MATLAB's MAT files, versions 5, 7 and 7.3: one array of numbers, chosen by name, or the only one
/// that could be images. By custom, a stack of images is `[height, width, N]`. Version 7.3 is HDF5, of
/// which files by other programs are read as well: there, a stack is `[N, height, width]`.
public struct MATLAB: ImageArrayFormat {
  let name = "MATLAB"
  let readsGzipped = false

  /// How an HDF5 file starts that is not MATLAB's.
  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  func contents(_ head: [UInt8]) -> ImageArrayContents? {
    head.starts(with: "MATLAB 5.0".utf8) || Self.version(head) == 1 || Self.isHDF5(head)
      ? .images : nil
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
    bytes.starts(with: "MATLAB 7.3".utf8) || version(bytes) == 2 || bytes.starts(with: hdf5)
  }

  /// The number behind the header's text, which any program may word in its own way: 1 for versions 5
  /// and 7, 2 for 7.3; nil where there is none.
  private static func version(_ bytes: some Collection<UInt8>) -> Int? {
    let (text, end) = (bytes.prefix(116), Array(bytes.dropFirst(124).prefix(4)))
    guard end.count == 4, text.allSatisfy({ (32..<127).contains($0) }) else { return nil }
    return switch String(decoding: end[2...], as: UTF8.self) {
    case "IM" where end[0] == 0: Int(end[1])
    case "MI" where end[1] == 0: Int(end[0])
    default: nil
    }
  }
}
