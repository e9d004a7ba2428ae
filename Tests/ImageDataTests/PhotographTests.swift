import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct PhotographTests {
  private struct Case: Decodable {
    var file: Data
    var sizes: [[Int]]
    var gamma: [[Float]]
    var linear: [[Float]]
  }

  private func cases() throws -> [String: Case] {
    try JSONDecoder().decode(
      [String: Case].self, from: Data(contentsOf: reference("photographs.json")))
  }

  @Test func `TIFF of every kind and images turned by their tags are read as they are seen`()
    throws
  {
    let cases = try cases()
    #expect(cases.count > 45)
    try withTemporaryFolder { folder in
      for (name, expected) in cases {
        let file = folder.appending(path: "image")
        try expected.file.write(to: file)
        for (luminance, pages) in [(Luminance.gamma, expected.gamma), (.linear, expected.linear)] {
          let photographs = Photographs([file], luminance: luminance)
          #expect(photographs.count == pages.count, "\(name)")
          for (page, pixels) in pages.enumerated() where page < photographs.count {
            let image = try photographs.image(at: page)
            #expect([image.height, image.width] == expected.sizes[page], "\(name)")
            #expect(try photographs.size(at: page) == image.size, "\(name)")
            let tolerance: Float = name.hasSuffix("JPEG") ? 1.5 / 255 : 1e-5
            let worst = zip(image.pixels, pixels).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < tolerance, "\(name), \(luminance): \(worst)")
          }
        }
      }
    }
  }

  @Test func `a cut-off TIFF is an error that names the file`() throws {
    try withTemporaryFolder { folder in
      for (name, content) in try cases() where !name.contains("turned") {
        let whole = content.file
        for length in [0, 3, 8, 40, whole.count / 2] {
          let file = folder.appending(path: "cut.tif")
          try whole.prefix(length).write(to: file)
          let error = try failure {
            let photographs = Photographs([file])
            for index in 0..<photographs.count { _ = try photographs.image(at: index) }
          }
          #expect(error.file == file.path, "\(name), \(length) bytes: \(error)")
        }
      }
    }
  }

  @Test func `a damaged byte never crashes the reader of TIFF`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "damaged.tif")
      for (name, content) in try cases() where !name.contains("turned") {
        for position in stride(from: 0, to: content.file.count, by: 29) {
          var bytes = content.file
          bytes[position] ^= 0x55
          try bytes.write(to: file)
          do {
            let photographs = Photographs([file])
            _ = try photographs.image(at: photographs.count - 1)
          } catch let error as ImageDataError {
            #expect(error.file == file.path, "\(name)")
          }
        }
      }
    }
  }

  @Test func `fill bytes before a JPEG's tags hide nothing`() throws {
    let turned = try #require(try cases()["turned 6 JPEG"])
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "image.jpg")
      var bytes = turned.file
      let block = try #require(bytes.firstRange(of: Data([0xFF, 0xE1])))
      bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF], at: block.lowerBound)
      try bytes.write(to: file)
      #expect(try Photographs([file]).size(at: 0) == ImageSize(height: 11, width: 8))
    }
  }

  @Test func `a damaged tag leaves an image upright`() throws {
    let turned = try #require(try cases()["turned 6 PNG"])
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "image.png")
      var bytes = turned.file
      let tag = try #require(
        bytes.firstRange(of: Data([0x12, 0x01])) ?? bytes.firstRange(of: Data([0x01, 0x12])))
      for position in tag.upperBound..<tag.upperBound + 10 { bytes[position] = 99 }
      let chunk = try #require(bytes.firstRange(of: Data("eXIf".utf8)))
      let length = bytes[chunk.lowerBound - 4..<chunk.lowerBound].reduce(0) { $0 << 8 | Int($1) }
      let end = chunk.upperBound + length
      let checksum = crc32(bytes[chunk.lowerBound..<end])
      bytes.replaceSubrange(end..<end + 4, with: checksum.bigEndianBytes)
      try bytes.write(to: file)
      #expect(try Photographs([file]).size(at: 0) == ImageSize(height: 8, width: 11))
    }
  }

  @Test func `numbers of a TIFF that are not finite are an error`() throws {
    let content = try #require(try cases()["grey f4"])
    let first = content.gamma[0][0]
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "nan.tif")
      var bytes = content.file
      // The first number, wherever it lies: the one within rounding of the reference.
      let position = try #require(
        bytes.indices.dropLast(3).first { index in
          let word = bytes[index..<index + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
          return abs(Float(bitPattern: word) - first) < 1e-5
        })
      bytes.replaceSubrange(position..<position + 4, with: [0, 0, 0xC0, 0x7F])
      try bytes.write(to: file)
      let error = try failure { _ = try Photographs([file]).image(at: 0) }
      #expect(error.description.contains("nan at pixel 0"), "\(error)")
    }
  }

  @Test func `an image of van Hateren's collection has big-endian numbers of 16 bits`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "imk00001.iml")
      var data = Data(count: 2 * 1024 * 1536)
      data.replaceSubrange(2 * 1536..<2 * 1536 + 2, with: [0x12, 0x34])
      try data.write(to: file)
      for luminance in Luminance.allCases {
        let image = try Photographs([file], luminance: luminance).image(at: 0)
        #expect(image.size == ImageSize(height: 1024, width: 1536))
        #expect(image[1, 0] == Float(0x1234) / 65535)
        #expect(image.pixels.count { $0 != 0 } == 1)
      }
      guard case .photographs(let files, _) = try DataSource.open(path: folder.path) else {
        Issue.record("expected photographs")
        return
      }
      #expect(files.count == 1)
      try data.dropLast(2).write(to: file)
      let error = try failure { _ = try Photographs([file]).size(at: 0) }
      #expect(error.description.contains("has 3145726 bytes; an image of van Hateren"))
      try Data().write(to: file)
      #expect(try failure { _ = try Photographs([file]).size(at: 0) }.description.contains("empty"))
    }
  }

  @Test func `files and links that cannot be read are named, or left out and listed`() throws {
    try withTemporaryFolder { folder in
      for index in 0..<4 {
        let content = try #require(try cases()["grey <u1"])
        try content.file.write(to: folder.appending(path: "\(index).tif"))
      }
      let link = folder.appending(path: "link.png")
      try FileManager.default.createSymbolicLink(
        at: link, withDestinationURL: folder.appending(path: "gone.png"))
      // Links that lead to each other, and one that leads to itself.
      for (from, to) in [("a.jpg", "b.jpg"), ("b.jpg", "a.jpg"), ("c.jpg", "c.jpg")] {
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: from), withDestinationURL: folder.appending(path: to))
      }
      var configuration = DataConfiguration()
      (configuration.patchSize, configuration.patches) = (8, 50)
      let source = try DataSource.open(path: folder.path)
      let team = ThreadTeam(count: 1)
      let error = try failure { _ = try DataSet(source, configuration, team: team) }
      #expect(error.description.contains("a.jpg: cannot be read"), "\(error)")
      configuration.skipsUnreadable = true
      let data = try DataSet(source, configuration, team: team)
      #expect(data.split.count == 4)
      for name in ["a.jpg", "b.jpg", "c.jpg", "link.png"] {
        #expect(data.check.leftOut.contains { $0.contains(name) }, "\(name)")
      }
    }
  }
}
