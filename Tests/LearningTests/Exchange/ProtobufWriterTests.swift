import Testing

@testable import Learning

@Suite struct ProtobufWriterTests {
  private func bytes(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
    var writer = ProtobufWriter()
    body(&writer)
    return writer.bytes
  }

  /// The examples of the encoding's own description.
  @Test func `the documented examples are encoded as documented`() {
    #expect(bytes { $0.integer(1, 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.text(2, "testing") } == [0x12, 0x07] + Array("testing".utf8))
    #expect(bytes { $0.message(3) { $0.integer(1, 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(
      bytes { $0.integer(1, -2) } == [0x08, 0xFE] + Array(repeating: 0xFF, count: 8) + [0x01])
  }

  @Test func `numbers of fixed width are little-endian`() {
    #expect(bytes { $0.float(1, 1) } == [0x0D, 0, 0, 0x80, 0x3F])
    #expect(bytes { $0.double(1, 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(
      bytes { $0.doubles(6, [1, 2]) }
        == [0x32, 16, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40])
  }

  @Test func `what was written is read again`() throws {
    let reader = try #require(
      ProtobufReader(
        bytes { writer in
          for value in [0, 1, 127, 128, 300, .max] { writer.integer(16, value) }
          writer.text(2047, String(repeating: "ü", count: 200))
          writer.message(5) { _ in }
        }))
    #expect(reader.integers(16) == [0, 1, 127, 128, 300, .max])
    #expect(reader.texts(2047) == [String(repeating: "ü", count: 200)])
    #expect(reader.messages(5).map(\.fields.count) == [0])
  }
}
