import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct IDXTests {
  private static let dimensions: [UInt32] = [2, 2, 3]

  @Test(arguments: [false, true]) func `every type of number is read, plain and gzipped`(
    isGzipped: Bool
  ) throws {
    let values = [-100, 0, 1, 2, 3, 120, 7, -8, 9, 10, 11, 12]
    let types: [(UInt8, (Int) -> [UInt8], (Int) -> Float)] = [
      (0x08, { [UInt8(truncatingIfNeeded: $0)] }, { Float(UInt8(truncatingIfNeeded: $0)) / 255 }),
      (0x09, { [UInt8(truncatingIfNeeded: $0)] }, { Float($0) }),
      (0x0B, { Int16($0 * 100).bigEndianBytes }, { Float($0 * 100) }),
      (0x0C, { Int32($0 * 1_000_000).bigEndianBytes }, { Float($0 * 1_000_000) }),
      (0x0D, { (Float($0) / 8).bitPattern.bigEndianBytes }, { Float($0) / 8 }),
      (0x0E, { (Double($0) / 8).bitPattern.bigEndianBytes }, { Float($0) / 8 }),
    ]
    try withTemporaryFolder { folder in
      for (type, bytes, number) in types {
        let data = idx(type: type, dimensions: Self.dimensions, payload: values.flatMap(bytes))
        let file = folder.appending(path: "numbers")
        try (isGzipped ? gzipped(data) : data).write(to: file)
        let images = try IDX().open(file)
        #expect(images.count == 2)
        let pixels = try (0..<2).flatMap { try images.image(at: $0).pixels }
        #expect(pixels == values.map(number), "type \(type)")
      }
    }
  }

  @Test func `an unusable file is an error that names it and says why`() throws {
    let good = idx(dimensions: Self.dimensions, payload: Array(0..<12))
    let enormous = idx(dimensions: [1 << 31, 1 << 20, 1 << 20], payload: [])
    let large = idx(dimensions: [60_000, 28, 28], payload: [1, 2, 3])
    let notFinite = idx(
      type: 0x0D, dimensions: [1, 1, 1], payload: Float.nan.bitPattern.bigEndianBytes)
    let cases: [(Data, String)] = [
      (Data(), "is empty"),
      (Data("hello, world".utf8), "is not an IDX file"),
      (Data([0, 0, 99, 3]), "unknown IDX type 99"),
      (good.prefix(9), "ends inside its header"),
      (good.dropLast(), "declares 2 images"),
      (good + [0], "goes on after"),
      (enormous, "declares"),
      (large, "47040000 bytes"),
      (idx(dimensions: [0, 28, 28], payload: []), "declares 0 images"),
      (idx(dimensions: [4], payload: [1, 2, 3, 4]), "labels"),
      (idx(dimensions: [2, 2], payload: [1, 2, 3, 4]), "2 dimensions"),
      (gzipped(good).dropLast(12), "middle of its compressed data"),
      (gzipped(good).dropLast(4), "middle of its compressed data"),
      (gzipped(large), "declares 60000 images"),
      (gzipped(good).prefix(6), "middle of its compressed data"),
      (notFinite, "nan"),
    ]
    try withTemporaryFolder { folder in
      for (number, (data, problem)) in cases.enumerated() {
        let file = folder.appending(path: "case-\(number)")
        try data.write(to: file)
        let error = try failure {
          let images = try IDX().open(file)
          _ = try images.image(at: 0)
        }
        #expect(error.description.contains(problem), "\(number): \(error)")
        #expect(error.file == file.path)
      }
    }
  }

  @Test func `a damaged checksum is an error`() throws {
    var data = gzipped(idx(dimensions: Self.dimensions, payload: Array(0..<12)))
    data[data.count - 6] ^= 1
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "images.gz")
      try data.write(to: file)
      let error = try failure { _ = try IDX().open(file) }
      #expect(error.description.contains("damaged gzip data"), "\(error)")
    }
  }
}
