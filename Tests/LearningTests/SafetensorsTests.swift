import Foundation
import LatentVariableModels
import Learning
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  static let tensors = [
    NamedTensor(name: "a.weight", shape: [2, 3], elements: [1, -2, .pi, 0, -0.0, 1e-42]),
    NamedTensor(name: "empty", shape: [0, 4], elements: []),
    NamedTensor(name: "scalar", shape: [], elements: [.infinity]),
  ]

  @Test func `what was written is read again, to the bit`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.safetensors")
      let metadata = ["format": "pt", "text": "\"quoted\"\n–ü"]
      try Safetensors(tensors: Self.tensors, metadata: metadata).write(to: file)
      let read = try Safetensors(contentsOf: file)
      #expect(read.metadata == metadata)
      #expect(read.tensors.map(\.name) == Self.tensors.map(\.name))
      for (one, other) in zip(read.tensors, Self.tensors) {
        #expect(one.shape == other.shape)
        #expect(one.elements.map(\.bitPattern) == other.elements.map(\.bitPattern))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
  }

  @Test func `tensors begin at a multiple of eight bytes`() throws {
    for length in 0..<9 {
      let data = try Safetensors(
        tensors: [
          NamedTensor(name: String(repeating: "n", count: length + 1), shape: [1], elements: [7])
        ]
      ).encoded()
      #expect(data.count % 8 == 4, "name of \(length + 1) letters")
    }
  }

  /// A file of the given header and so many bytes of tensors.
  static func file(_ header: String, bytes: Int) -> Data {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
      + Data(count: bytes)
  }

  static func entry(_ name: String, _ shape: String, _ offsets: String, type: String = "F32")
    -> String
  {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  struct Damage: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var data: Data
    /// Part of the message.
    var problem: String
  }

  static let damages: [Damage] = [
    Damage(testDescription: "empty", data: Data(), problem: "only 0 bytes long"),
    Damage(testDescription: "seven bytes", data: Data(count: 7), problem: "only 7 bytes long"),
    Damage(
      testDescription: "no header", data: Data(count: 8), problem: "has no readable header"),
    Damage(
      testDescription: "a huge header", data: Data(repeating: 0xFF, count: 64),
      problem: "its header would have 18446744073709551615 bytes, the file has 64"),
    Damage(
      testDescription: "a header of more than the file",
      data: withUnsafeBytes(of: UInt64(9).littleEndian) { Data($0) } + Data(count: 8),
      problem: "its header would have 9 bytes, the file has 16"),
    Damage(
      testDescription: "not JSON", data: file("weights!", bytes: 4),
      problem: "has no readable header"),
    Damage(
      testDescription: "JSON, but a list", data: file("[1, 2]", bytes: 4),
      problem: "has no readable header"),
    Damage(
      testDescription: "nested without end",
      data: file(String(repeating: "{\"a\":", count: 100_000), bytes: 4),
      problem: "has no readable header"),
    Damage(
      testDescription: "another type",
      data: file("{\(entry("w", "[1]", "[0,8]", type: "C64"))}", bytes: 8),
      problem: "w is of type C64, known are F64, F32, F16, BF16, "),
    Damage(
      testDescription: "half the bytes of its type",
      data: file("{\(entry("w", "[4]", "[0,16]", type: "F64"))}", bytes: 16),
      problem: "is not of its shape"),
    Damage(
      testDescription: "an odd byte of halves",
      data: file("{\(entry("w", "[2]", "[0,5]", type: "BF16"))}", bytes: 5),
      problem: "is not of its shape"),
    Damage(
      testDescription: "cut short", data: file("{\(entry("w", "[4]", "[0,16]"))}", bytes: 12),
      problem: "w lies outside of the file"),
    Damage(
      testDescription: "offsets far beyond the file",
      data: file("{\(entry("w", "[1]", "[9223372036854775800,9223372036854775804]"))}", bytes: 8),
      problem: "w lies outside of the file"),
    Damage(
      testDescription: "offsets that run backwards",
      data: file("{\(entry("w", "[1]", "[4,0]"))}", bytes: 8), problem: "w lies outside"),
    Damage(
      testDescription: "negative offsets", data: file("{\(entry("w", "[1]", "[-4,0]"))}", bytes: 8),
      problem: "w lies outside"),
    Damage(
      testDescription: "one offset", data: file("{\(entry("w", "[1]", "[0]"))}", bytes: 8),
      problem: "w lies outside"),
    Damage(
      testDescription: "a shape of other size",
      data: file("{\(entry("w", "[3]", "[0,8]"))}", bytes: 8),
      problem: "is not of its shape"),
    Damage(
      testDescription: "a shape whose product overflows",
      data: file("{\(entry("w", "[4294967296,4294967296]", "[0,0]"))}", bytes: 0),
      problem: "is not of its shape"),
    Damage(
      testDescription: "a shape whose bytes overflow",
      data: file("{\(entry("w", "[2305843009213693952]", "[0,0]"))}", bytes: 0),
      problem: "is not of its shape"),
    Damage(
      testDescription: "a negative shape",
      data: file("{\(entry("w", "[-1,-2]", "[0,8]"))}", bytes: 8), problem: "is not of its shape"),
    Damage(
      testDescription: "tensors upon each other",
      data: file("{\(entry("a", "[2]", "[0,8]")),\(entry("b", "[2]", "[4,12]"))}", bytes: 12),
      problem: "a and b lie upon each other"),
    Damage(
      testDescription: "bytes too many", data: file("{\(entry("a", "[2]", "[0,8]"))}", bytes: 20),
      problem: "12 bytes belong to no tensor"),
    Damage(
      testDescription: "a tensor without a place",
      data: file("{\"w\":{\"dtype\":\"F32\"}}", bytes: 0), problem: "w has no type, shape and place"
    ),
  ]

  @Test(arguments: damages) func `a damaged file is named with what is wrong`(
    _ damage: Damage
  ) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "damaged.safetensors")
      try damage.data.write(to: file)
      let error = #expect(throws: RunError.self) { _ = try Safetensors(contentsOf: file) }
      let text = error?.description ?? ""
      #expect(text.contains("damaged.safetensors: "), "\(text)")
      #expect(text.contains(damage.problem), "\(text)")
    }
  }

  /// Numbers as each type stores them, little-endian.
  static let types: [(type: String, bytes: [UInt8], numbers: [Float])] = [
    (
      "F64", [0, 0, 0, 0, 0, 0, 0xF8, 0xBF, 0x18, 0x2D, 0x44, 0x54, 0xFB, 0x21, 9, 0x40],
      [-1.5, Float(Double.pi)]
    ),
    ("F32", [0, 0, 0xC0, 0xBF], [-1.5]),
    (
      "F16", [0x00, 0xBE, 0xFF, 0x7B, 0x01, 0x00, 0x00, 0x7C, 0x00, 0x80],
      [-1.5, 65504, 1 / 16_777_216, .infinity, -0.0]
    ),
    ("BF16", [0xC0, 0xBF, 0x49, 0x40, 0x80, 0xFF], [-1.5, 3.140625, -.infinity]),
    ("I64", [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [-2]),
    ("I32", [0, 0, 1, 0], [65536]), ("I16", [0xFF, 0xFF], [-1]), ("I8", [0x80], [-128]),
    ("U64", [3, 0, 0, 0, 0, 0, 0, 0], [3]), ("U32", [0, 0, 0, 0x80], [2_147_483_648]),
    ("U16", [0xFF, 0xFF], [65535]), ("U8", [255, 0], [255, 0]), ("BOOL", [1, 0], [1, 0]),
  ]

  @Test(arguments: types.indices) func `numbers of every type are read`(_ index: Int) throws {
    let (type, bytes, numbers) = Self.types[index]
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.safetensors")
      let entry = Self.entry("w", "[\(numbers.count)]", "[0,\(bytes.count)]", type: type)
      try (Self.file("{\(entry)}", bytes: 0) + Data(bytes)).write(to: file)
      let read = try #require(try Safetensors(contentsOf: file).tensors.first)
      #expect(read.elements.map(\.bitPattern) == numbers.map(\.bitPattern), "\(type)")
    }
  }

  @Test func `a file that is cut anywhere is refused`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "cut.safetensors")
      let whole = try Safetensors(tensors: Self.tensors, metadata: ["a": "b"]).encoded()
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: file)
        #expect(throws: RunError.self, "\(length) of \(whole.count) bytes") {
          _ = try Safetensors(contentsOf: file)
        }
      }
    }
  }

  @Test func `a file that is not there is named`() {
    let error = #expect(throws: RunError.self) {
      _ = try Safetensors(contentsOf: URL(filePath: "/nonexistent/model.safetensors"))
    }
    #expect(error?.description.contains("/nonexistent/model.safetensors: ") == true)
  }
}
