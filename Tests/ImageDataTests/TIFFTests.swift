import Foundation
import TestSupport
import Testing

@testable import ImageData

/// TIFF that says of itself what is easily overlooked.
@Suite struct TIFFTests {
  /// A little-endian TIFF: first the content, then for each directory its tags, values of 32 bits;
  /// texts lie at the end.
  private func tiff(
    _ content: [UInt8], _ directories: [[Int: Int]], text: String? = nil, loops: Bool = false
  ) -> Data {
    func word(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(value >> (8 * $0) & 255) }
    }
    let characters: [UInt8] = text.map { Array($0.utf8) + [0] } ?? []
    var bytes = Array("II".utf8) + word(42, 2) + word(8 + content.count, 4) + content
    var start = 8 + content.count
    let end = directories.reduce(start) { $0 + 6 + 12 * ($1.count + (text == nil ? 0 : 1)) }
    for (index, tags) in directories.enumerated() {
      var tags = tags.map { (tag: $0.key, type: 4, count: 1, value: $0.value) }
      let size = 2 + 12 * (tags.count + (text == nil ? 0 : 1)) + 4
      if text != nil {
        tags.append((tag: 270, type: 2, count: characters.count, value: end))
      }
      bytes += word(tags.count, 2)
      for (tag, type, count, value) in tags.sorted(by: { $0.tag < $1.tag }) {
        bytes += word(tag, 2) + word(type, 2) + word(count, 4) + word(value, 4)
      }
      let isLast = index == directories.count - 1
      bytes += word(isLast ? (loops ? 8 + content.count : 0) : start + size, 4)
      start += size
    }
    return Data(bytes + characters)
  }

  /// Tags of a grey picture of 8 bits in one strip behind the header.
  private func grey(_ height: Int, _ width: Int, _ others: [Int: Int] = [:]) -> [Int: Int] {
    [
      256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height,
      279: height * width,
    ].merging(others) { $1 }
  }

  private func images(_ bytes: Data) throws -> [Result<RasterImage, ImageDataError>] {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "image.tif")
      try bytes.write(to: file)
      let photographs = Photographs([file])
      return (0..<photographs.count).map { index in
        Result { () throws(ImageDataError) in
          #expect(try photographs.size(at: index) == photographs.image(at: index).size)
          return try photographs.image(at: index)
        }
      }
    }
  }

  private func problem(_ bytes: Data) throws -> String {
    try failure { for image in try images(bytes) { _ = try image.get() } }.description
  }

  @Test(arguments: [
    "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\nhyperstack=true\nmode=composite\n",
    "<?xml version=\"1.0\"?><OME><Image><Pixels SizeX=\"5\" SizeC=\"2\" SizeZ=\"3\"></Pixels></OME>",
    "{\"shape\": [3, 2, 4, 5], \"axes\": \"ZCYX\"}",
  ])
  func `channels are not taken for images of their own`(text: String) throws {
    let content = (0..<6 * 20).map { UInt8($0) }
    for pages in [1, 6] {
      let directories = (0..<pages).map { grey(4, 5, [273: 8 + 20 * $0]) }
      let problem = try problem(tiff(content, directories, text: text))
      #expect(problem.contains("not supported: a TIFF of 2 channels"), "\(problem)")
    }
    let single = text.replacing("channels=2", with: "channels=1")
      .replacing("SizeC=\"2\"", with: "SizeC=\"1\"").replacing("ZCYX", with: "ZTYX")
    let directories = (0..<6).map { grey(4, 5, [273: 8 + 20 * $0]) }
    #expect(try images(tiff(content, directories, text: single)).count == 6)
  }

  @Test func `images that lie one behind the other in one directory are all read`() throws {
    let content = (0..<3 * 20).map { UInt8($0 * 4) }
    let ways = [
      "ImageJ=1.53t\nimages=3\nslices=3\nloop=false\n", "{\"shape\": [3, 4, 5]}",
    ]
    for text in ways {
      let found = try images(tiff(content, [grey(4, 5)], text: text)).map { try $0.get() }
      #expect(found.count == 3)
      #expect(found.flatMap(\.pixels) == content.map { Float($0) / 255 })
      // One image too few, and what cannot be found in packed data.
      let short = tiff(Array(content.dropLast()), [grey(4, 5)], text: text)
      #expect(try images(short).count >= 2)
      #expect(
        try problem(tiff(content, [grey(4, 5, [259: 32773])], text: text))
          .contains("not supported: a compressed TIFF of several images"))
    }
    #expect(try images(tiff(content, [grey(4, 5)], text: "images=3")).count == 1)
    let many = tiff(content, [grey(4, 5)], text: "ImageJ=1\nimages=1000000000\n")
    #expect(try problem(many).contains("ends before image"))
  }

  @Test func `what would have to be guessed is refused`() throws {
    let content = [UInt8](repeating: 9, count: 16 * 16 * 4)
    let cases: [([Int: Int], String)] = [
      ([339: 2], "signed numbers (8 bits)"), ([339: 2, 258: 16], "signed numbers (16 bits)"),
      ([339: 6, 258: 64], "complex numbers"), ([277: 3], "3 channels that it does not call"),
      ([259: 34712], "compressed by JPEG 2000"), ([259: 50002], "compressed by JPEG XL"),
      ([259: 9999], "compressed by method 9999"), ([262: 32803], "of a kind that few programs"),
      ([32997: 4], "volumes"), ([254: 1], "thumbnails and masks alone"),
    ]
    for (tags, text) in cases {
      let problem = try problem(tiff(content, [grey(16, 16, tags)]))
      #expect(problem.contains("not supported: ") && problem.contains(text), "\(text): \(problem)")
    }
  }

  @Test func `a strip that is missing is not read as pixels`() throws {
    let content = [UInt8](repeating: 9, count: 256)
    let missing: [[Int: Int]] = [[273: 0], [273: 0, 279: 0], [273: 100_000], [257: 64], [278: 4]]
    for tags in missing {
      let problem = try problem(tiff(content, [grey(16, 16, tags)]))
      #expect(problem.contains("strip") && problem.contains("incomplete"), "\(tags): \(problem)")
    }
  }

  @Test func `directories in a loop or outside the file are an error after the others`() throws {
    let content = [UInt8](repeating: 9, count: 256)
    let looped = try images(tiff(content, [grey(16, 16), grey(16, 16)], loops: true))
    #expect(looped.count == 3)
    #expect((try? looped[1].get()) != nil)
    #expect((try? looped[2].get()) == nil)
    let cut = tiff(content, [grey(16, 16), grey(16, 16)]).dropLast(20)
    #expect(try images(cut).count == 2)
    #expect(try problem(cut).contains("damaged TIFF"))
    #expect(try problem(Data("II*\0".utf8) + Data(count: 4)).contains("damaged TIFF"))
  }

  @Test func `the time for a stack is proportional to its pages`() throws {
    let content = [UInt8](repeating: 9, count: 256)
    let pages = 4000
    let found = try images(tiff(content, Array(repeating: grey(16, 16), count: pages)))
    #expect(found.count == pages)
    #expect(found.allSatisfy { (try? $0.get()) != nil })
  }
}
