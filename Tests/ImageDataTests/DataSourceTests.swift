import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct DataSourceTests {
  private let team = ThreadTeam(count: 2)

  @Test func `nothing given is dead leaves`() throws {
    #expect(try DataSource.open(path: nil) == .synthetic(DeadLeaves()))
  }

  @Test func `a folder is read with its subfolders, in order, without hidden files and loops`()
    throws
  {
    try withTemporaryFolder { folder in
      let inner = folder.appending(path: "b/deep")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      let png = try Data(contentsOf: reference("grey8.png"))
      for name in ["c.png", "a.PNG", ".hidden.png", "b/deep/without-extension", "b/x.png"] {
        try png.write(to: folder.appending(path: name))
      }
      try Data("read me".utf8).write(to: folder.appending(path: "notes.txt"))
      try FileManager.default.createSymbolicLink(
        at: inner.appending(path: "loop"), withDestinationURL: folder)
      try FileManager.default.createSymbolicLink(
        at: inner.appending(path: "broken"), withDestinationURL: folder.appending(path: "gone"))
      guard case .photographs(let files, _) = try DataSource.open(path: folder.path) else {
        Issue.record("expected photographs")
        return
      }
      let names = files.map { $0.path.dropFirst(folder.path.count + 1) }
      #expect(names == ["a.PNG", "b/deep/without-extension", "b/x.png", "c.png"])
    }
  }

  @Test func `links to folders are followed, given by name or found`() throws {
    try withTemporaryFolder { folder in
      let (store, project) = (folder.appending(path: "store"), folder.appending(path: "project"))
      for folder in [store, project] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      try Data(contentsOf: reference("grey8.png")).write(to: store.appending(path: "a.png"))
      try FileManager.default.createSymbolicLink(
        at: project.appending(path: "photos"), withDestinationURL: store)
      for path in ["project/photos", "project/photos/", "project"] {
        guard
          case .photographs(let files, _) = try DataSource.open(
            path: folder.path + "/" + path)
        else {
          Issue.record("expected photographs in \(path)")
          continue
        }
        #expect(files.map(\.lastPathComponent) == ["a.png"], "\(path)")
      }
    }
  }

  @Test func `what cannot be used is an error that names it`() throws {
    try withTemporaryFolder { folder in
      func problem(_ path: String) throws -> String {
        try failure { _ = try DataSource.open(path: path) }.description
      }
      #expect(try problem(folder.path + "/missing").contains("no such file"))
      #expect(
        try problem(folder.path).contains(
          "no JPEG, PNG, TIFF, WebP or van Hateren (.iml, .imc) images"))
      try Data(contentsOf: reference("grey8.png")).write(to: folder.appending(path: "a.png"))
      try idx(dimensions: [1, 2, 2], payload: [1, 2, 3, 4])
        .write(to: folder.appending(path: "digits"))
      #expect(
        try problem(folder.path).contains(
          "both photographs (1, the first is a.png) and data files (1, the first is digits)"))
    }
  }

  @Test func `labels given as data are refused`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "train-labels-idx1-ubyte")
      try idx(dimensions: [4], payload: [1, 2, 3, 4]).write(to: file)
      let error = try failure {
        _ = try DataSet(DataSource.open(path: file.path), team: team)
      }
      #expect(error.description.contains("holds labels"))
      #expect(error.file == file.path)
    }
  }

  @Test func `a damaged file stops the work, or is left out and listed`() throws {
    try withTemporaryFolder { folder in
      var leaves = DeadLeaves()
      leaves.size = 48
      for index in 0..<5 {
        try portablePNG(leaves.image(at: index)).write(
          to: folder.appending(path: "leaves-\(index).png"))
      }
      // One is damaged from the start, one only behind a good header; one is too small.
      try Data("no image".utf8).write(to: folder.appending(path: "bad.jpg"))
      let whole = try Data(contentsOf: folder.appending(path: "leaves-3.png"))
      try whole.prefix(whole.count / 2).write(to: folder.appending(path: "half.png"))
      try Data(contentsOf: reference("grey8.png")).write(to: folder.appending(path: "tiny.png"))
      let source = try DataSource.open(path: folder.path)
      var configuration = DataConfiguration()
      configuration.patches = 100
      let error = try failure { _ = try DataSet(source, configuration, team: team) }
      #expect(error.description.contains("bad.jpg"))
      configuration.skipsUnreadable = true
      let data = try DataSet(source, configuration, team: team)
      #expect(data.split.count == 5)
      #expect(data.check.leftOut.count == 3)
      for name in ["bad.jpg", "half.png", "tiny.png"] {
        #expect(data.check.leftOut.contains { $0.contains(name) }, "\(name)")
      }
    }
  }

  @Test func `too few images to split are refused`() throws {
    try withTemporaryFolder { folder in
      var leaves = DeadLeaves()
      leaves.size = 48
      let file = folder.appending(path: "one.png")
      try portablePNG(leaves.image(at: 0)).write(to: file)
      let source = try DataSource.open(path: file.path)
      let error = try failure { _ = try DataSet(source, team: team) }
      #expect(error.description.contains("1 image to be divided"))
      #expect(error.description.contains("--set data.validationFraction=0"))
    }
  }

  /// An 8-bit PNG of `image`, its data stored without compression.
  private func portablePNG(_ image: RasterImage) -> Data {
    let rows = (0..<image.height).flatMap { y in
      [0] + (0..<image.width).map { x in UInt8(image[y, x] * 255) }
    }
    let size = UInt16(rows.count)
    let sums = rows.reduce((UInt32(1), UInt32(0))) { sums, byte in
      let a = (sums.0 + UInt32(byte)) % 65521
      return (a, (sums.1 + a) % 65521)
    }
    let block =
      [0x78, 0x01, 1, UInt8(size & 255), UInt8(size >> 8), UInt8(~size & 255), UInt8(~size >> 8)]
      + rows + (sums.1 << 16 | sums.0).bigEndianBytes
    let header =
      UInt32(image.width).bigEndianBytes + UInt32(image.height).bigEndianBytes + [8, 0, 0, 0, 0]
    func chunk(_ kind: String, _ data: [UInt8]) -> Data {
      let body = Data(kind.utf8) + data
      return Data(UInt32(data.count).bigEndianBytes) + body + crc32(body).bigEndianBytes
    }
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      + chunk("IHDR", header) + chunk("IDAT", block) + chunk("IEND", [])
  }
}
