import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

/// Sound files that look unusual, and sound files of kinds that are not read.
@Suite struct LenientReadingTests {
  private func read(_ bytes: Data, _ name: String = "image") throws -> RasterImage {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      try bytes.write(to: file)
      return try Photographs([file]).image(at: 0)
    }
  }

  private func problem(_ bytes: Data, _ name: String = "image") throws -> String {
    try failure { _ = try read(bytes, name) }.description
  }

  @Test(arguments: ["grey.jpg", "colour.jpg", "progressive.jpg"])
  func `what libjpeg warns of refuses a JPEG only where it harms pixels`(name: String) throws {
    let whole = try Data(contentsOf: reference(name))
    let image = try read(whole)
    let end = whole.count - 2
    for extra in [Data("camera data!".utf8), Data([0xFF, 0xFF, 0xFF])] {
      #expect(try read(whole.prefix(end) + extra + whole.suffix(2)) == image)
    }
    #expect(try read(whole + Data(repeating: 7, count: 999)) == image)
    for missing in [12, 60, whole.count / 3] {
      #expect(try problem(whole.dropLast(missing)).contains("damaged JPEG"), "\(missing)")
    }
    if name.hasPrefix("progressive") {
      // Scans might be missing, too.
      #expect(try problem(whole.prefix(end)).contains("damaged JPEG"))
      return
    }
    #expect(try read(whole.prefix(end)) == image)
    #expect(try read(whole.prefix(end) + Data("camera data!".utf8)) == image)
    // Parameters of progressive files, which some phones write into others.
    let scan = try #require(whole.range(of: Data([0xFF, 0xDA]), options: .backwards)).lowerBound
    var unusual = whole
    unusual[scan + 1 + (Int(whole[scan + 2]) << 8 | Int(whole[scan + 3])) - 1] = 0
    #expect(try read(unusual) == image)
  }

  @Test func `a scan that damage ends too early is not taken for foreign bytes`() throws {
    let whole = try Data(contentsOf: reference("colour.jpg"))
    let scan = try #require(whole.range(of: Data([0xFF, 0xDA]), options: .backwards)).lowerBound
    let places = (scan + 16)..<(whole.count - 8)
    let refused = places.count { place in
      var damaged = whole
      for offset in 0..<4 { damaged[place + offset] ^= UInt8((place * 37 + offset * 11) % 127 + 1) }
      return (try? read(damaged)) == nil
    }
    #expect(refused > places.count / 3, "\(refused) of \(places.count)")
  }

  @Test func `a JPEG of a kind that is not read is not called damaged`() throws {
    let whole = try Data(contentsOf: reference("grey.jpg"))
    let frame = try #require(whole.firstRange(of: Data([0xFF, 0xC0]))).lowerBound
    var (deep, lossless) = (whole, whole)
    deep[frame + 4] = 12
    lossless[frame + 1] = 0xC3
    for bytes in [deep, lossless] {
      let text = try problem(bytes)
      #expect(text.contains("not supported: a JPEG") && text.contains("save it as"), "\(text)")
    }
  }

  @Test(arguments: [
    ("x.gif", Data("GIF89a..".utf8), "a GIF picture; convert it to PNG"),
    ("x.jpg", Data("GIF89a..".utf8), "a GIF picture"),
    ("IMG_1.HEIC", Data([0, 0, 0, 24] + Array("ftypheic".utf8)), "a HEIC picture"),
    ("x.avif", Data([0, 0, 0, 24] + Array("ftypavif".utf8)), "an AVIF picture"),
    ("x", Data("BM".utf8) + Data(count: 12) + [40, 0, 0, 0], "a BMP picture"),
    ("x.nef", Data([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0]), "a camera's raw picture"),
    ("x.npy", Data("<!DOCTYPE html><html>404 Not Found</html>".utf8), "a web page"),
    ("x.csv", Data("label,1x1\n7,0.5\n3,0.25\n".utf8), "delimiter=',', skiprows=1)"),
    ("x.csv", Data("7;0.5\n3;0.25\n".utf8), "numpy.loadtxt('x.csv', delimiter=';')"),
    ("x.json", Data("{\"a\": [1, 2]}".utf8), "not supported: JSON"),
    ("x.pkl", Data([0x80, 4, 0x95, 1]), "a Python pickle"),
    ("x", Data("version https://git-lfs.github.com/spec/v1".utf8), "run git lfs pull"),
    ("x.gz", gzipped(gzipped(Data("x".utf8))), "a gzip file, gzipped; unpack it by gunzip"),
    ("x.tgz", gzipped(tar("a.jpg", "x")), "a tar archive, gzipped; unpack it"),
    (
      "v4.mat", Data([0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 88, 0, 1, 1]),
      "a MATLAB file of version 4"
    ),
    ("x.dat", Data([1, 2, 3, 4, 200]), "starts like no image that can be read; expected JPEG"),
  ])
  func `a file that is not read is called what it is, with a remedy`(
    name: String, bytes: Data, text: String
  ) throws {
    let problem = try problem(bytes, name)
    #expect(problem.contains(text), "\(problem)")
    #expect(!problem.contains("damaged"), "\(problem)")
  }

  @Test func `what is not read of a folder is counted and listed`() throws {
    try withTemporaryFolder { folder in
      for index in 0..<4 {
        try RasterImage(
          height: 24, width: 24,
          pixels: (0..<576).map { Float(($0 * (index + 7)) % 13) / 13 }
        ).write(to: folder.appending(path: "\(index).png"))
      }
      for (name, head) in [
        ("a.gif", "GIF89a"), ("b.GIF", "GIF89a"), ("c.bmp", "\u{1}"), ("notes.txt", "read me"),
        ("d.csv", "1,2\n3,4\n"), ("e.zip", "PK\u{5}\u{6}" + String(repeating: "\0", count: 18)),
        ("f.pkl", "\u{4}"), ("g.json", "{}"),
      ] {
        let first = name == "f.pkl" ? Data([0x80]) : Data()
        try (first + Data(head.utf8)).write(to: folder.appending(path: name))
      }
      var configuration = DataConfiguration()
      (configuration.patchSize, configuration.patches) = (4, 50)
      let data = try DataSet(
        DataSource.open(path: folder.path), configuration, team: ThreadTeam(count: 1))
      #expect(data.split.count == 4)
      let warnings = Array(data.check.warnings.suffix(2))
      try #require(warnings.count == 2)
      let (warning, other) = (warnings[0], warnings[1])
      #expect(
        warning.contains("3 pictures were passed over") && warning.contains("2 × GIF, 1 × BMP")
          && warning.contains("a.gif, b.GIF, c.bmp"), "\(warning)")
      #expect(
        other.contains("3 data files were passed over") && other.contains("1 × a zip archive")
          && other.contains("d.csv, e.zip, f.pkl;"), "\(other)")
      for index in 0..<4 {
        try FileManager.default.removeItem(at: folder.appending(path: "\(index).png"))
      }
      let error = try failure { _ = try DataSource.open(path: folder.path) }
      #expect(error.description.contains("found were 2 × a GIF picture"), "\(error)")
    }
  }

  @Test func `a picture too large for the limit is refused before memory is taken`() throws {
    let size = ImageSize(height: 30_000, width: 30_000)
    let header = UInt32(size.width).bigEndianBytes + UInt32(size.height).bigEndianBytes
    let body = Data("IHDR".utf8) + header + [1, 0, 0, 0, 0]
    let png =
      Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + UInt32(13).bigEndianBytes + body
      + crc32(body).bigEndianBytes + Data(count: 200_000)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "large.png")
      try png.write(to: file)
      func problem(_ largest: Int?) throws -> String {
        try failure { _ = try Photographs([file], largestImage: largest).image(at: 0) }.description
      }
      #expect(try problem(nil).contains("more than 200 megapixels; if that is right"))
      #expect(try problem(899).contains("--largest-image 900"))
      // Taken at its word: what comes next is wrong with this file.
      #expect(try problem(900).contains("damaged PNG"))
    }
  }
}
