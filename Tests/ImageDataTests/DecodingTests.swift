import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct DecodingTests {
  static let names = [
    "grey1.png", "grey8.png", "grey16.png", "colour8.png", "colour16.png", "palette4.png",
    "alpha8.png", "tagged16.png", "colour.jpg", "progressive.jpg", "grey.jpg", "colour.webp",
    "alpha.webp",
  ]

  /// PNG: to the digits of the reference. JPEG: decoders may differ by a level of 256.
  @Test(arguments: names) func `images decode to their luminance`(name: String) throws {
    let json = try Data(contentsOf: reference("images.json"))
    let expected = try JSONDecoder().decode([String: [String: [Float]]].self, from: json)
    for luminance in Luminance.allCases {
      let pixels = try #require(expected[name]?[luminance.rawValue])
      let image = try Photographs([reference(name)], luminance: luminance).image(at: 0)
      #expect(image.pixels.count == pixels.count)
      let tolerance: Float = !name.hasSuffix("jpg") ? 1e-5 : 1.5 / 255
      let worst = zip(image.pixels, pixels).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < tolerance, "\(luminance): \(worst)")
    }
  }

  @Test(arguments: names) func `the header's size is the image's`(name: String) throws {
    let photographs = Photographs([try reference(name)])
    #expect(try photographs.size(at: 0) == photographs.image(at: 0).size)
  }

  @Test(arguments: names) func `a cut-off image is an error that names the file`(
    name: String
  ) throws {
    let whole = try Data(contentsOf: reference(name))
    try withTemporaryFolder { folder in
      for length in [0, 3, 8, 20, 40, whole.count / 2, whole.count - 20] {
        let file = folder.appending(path: "cut-\(length)-\(name)")
        try whole.prefix(length).write(to: file)
        let error = try failure { _ = try Photographs([file]).image(at: 0) }
        #expect(error.description.contains(file.path), "\(length) bytes: \(error)")
      }
    }
  }

  @Test(arguments: names) func `a damaged byte never crashes the reader`(name: String) throws {
    let whole = try Data(contentsOf: reference(name))
    try withTemporaryFolder { folder in
      for position in stride(from: 0, to: whole.count, by: 3) {
        var bytes = whole
        bytes[position] ^= 0x55
        let file = folder.appending(path: name)
        try bytes.write(to: file)
        do {
          let image = try Photographs([file]).image(at: 0)
          #expect(image.pixels.allSatisfy { (-0.01...1.01).contains($0) })
        } catch let error as ImageDataError {
          #expect(error.description.contains(file.path))
        }
      }
    }
  }

  @Test func `a header that declares too many pixels is refused before memory is taken`() throws {
    var png = try Data(contentsOf: reference("grey8.png"))
    // Width and height of 2¹⁴ each: fewer than the limit, more than the bytes can hold.
    let side = UInt32(1 << 14).bigEndianBytes
    png.replaceSubrange(16..<24, with: side + side)
    png.replaceSubrange(29..<33, with: crc32(png[12..<29]).bigEndianBytes)
    var jpeg = try Data(contentsOf: reference("grey.jpg"))
    let frame = try #require(jpeg.firstRange(of: Data([0xFF, 0xC0])))
    jpeg.replaceSubrange(frame.lowerBound + 5..<frame.lowerBound + 9, with: [0x60, 0, 0x60, 0])
    try withTemporaryFolder { folder in
      for (name, data) in [("large.png", png), ("large.jpg", jpeg)] {
        let file = folder.appending(path: name)
        try data.write(to: file)
        let error = try failure { _ = try Photographs([file]).image(at: 0) }
        #expect(error.description.contains("declares"), "\(error)")
        #expect(error.file == file.path)
      }
    }
  }

  @Test func `printing inks are refused with advice`() throws {
    let error = try failure { _ = try Photographs([reference("inks.jpg")]).image(at: 0) }
    #expect(error.description.contains("CMYK"))
    #expect(error.description.contains("convert it to RGB"))
  }

  @Test func `a text named as a photograph is refused by name`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "notes.jpg")
      try Data("no picture at all".utf8).write(to: file)
      let error = try failure { _ = try Photographs([file]).image(at: 0) }
      #expect(error.description.contains("notes.jpg"))
      #expect(error.description.contains("JPEG, PNG, TIFF, WebP or van Hateren"))
    }
  }
}
