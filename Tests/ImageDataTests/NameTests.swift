import Files
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

/// Names of files are bytes, which need not be UTF-8.
@Suite struct NameTests {
  init() { findReader() }

  /// "é" in Latin-1.
  private let stray = SystemPath.text([0xE9])

  /// A copy of a reference file in a folder, both with such names; nil on file systems that have none.
  private func copy(_ name: String, into folder: URL) throws -> URL? {
    let inner = folder.appending(path: "d" + stray)
    guard SystemPath.with(inner.path, { mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
      return nil
    }
    let file = inner.appending(path: stray + name)
    try OutputFile.write(Data(contentsOf: reference(name)), to: file)
    return file
  }

  @Test(arguments: ["grey8.png", "grey.jpg", "alpha.webp", "palette4.png"])
  func `pictures are read, alone and in folders`(name: String) throws {
    try withTemporaryFolder { folder in
      guard let file = try copy(name, into: folder) else { return }
      let expected = try Photographs([reference(name)]).image(at: 0)
      #expect(try RasterImage(contentsOf: file) == expected)
      guard case .photographs(let files, _) = try DataSource.open(path: folder.path) else {
        Issue.record("no photographs")
        return
      }
      #expect(files == [file])
      #expect(try Photographs(files).image(at: 0) == expected)
      #expect(Photographs(files).name(at: 0) == folder.path + "/d\\xE9/\\xE9" + name)
      let origin = DataOrigin(.photographs(files, folder: folder), team: .init(count: 1))
      #expect(origin.files.map(\.crc32) == [DataOrigin.File(try reference(name)).crc32])
    }
  }

  @Test(arguments: ["one.mat", "v7.mat", "v73.mat", "python.h5"])
  func `data files are read`(name: String) throws {
    try withTemporaryFolder { folder in
      guard let file = try copy(name, into: folder) else { return }
      let variable = name == "one.mat" ? nil : name == "python.h5" ? "images" : "bytes"
      let (here, there) = (
        try MATLAB().array(in: file, variable: variable),
        try MATLAB().array(in: reference(name), variable: variable)
      )
      #expect(here.bytes == there.bytes)
    }
  }

  @Test(arguments: [false, true]) func `arrays of NumPy are read and written`(isGzipped: Bool)
    throws
  {
    let array = NumPyArray<Float>(shape: [2, 3, 3], elements: (0..<18).map { Float($0) })
    try withTemporaryFolder { folder in
      guard try copy("one.mat", into: folder) != nil else { return }
      let inner = folder.appending(path: "d" + stray)
      let (npy, npz) = (
        inner.appending(path: stray + ".npy"), inner.appending(path: stray + ".npz")
      )
      try OutputFile.write(isGzipped ? gzipped(array.data) : array.data, to: npy)
      try NPZ().write([("x", array)], to: npz)
      for file in [npy, npz] {
        let rows = try ArrayRowReader(path: file.path)
        #expect(try rows.next(2)?.elements == array.elements)
      }
      try OutputFile.write(gzipped(array.data).dropLast(12), to: npy)
      let error = try failure { _ = try NPY().array(in: npy, variable: nil) }
      #expect(error.description.hasPrefix(folder.path + "/d\\xE9/\\xE9.npy: ends"), "\(error)")
    }
  }
}
