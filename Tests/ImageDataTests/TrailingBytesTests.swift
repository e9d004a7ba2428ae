import Foundation
import MadeFiles
import Synchronization
import TestSupport
import Testing

@testable import ImageData

/// What lies behind arrays, and behind gzipped ones.
@Suite(.serialized) struct TrailingBytesTests {
  private let array = NumPyArray<Float>(shape: [2, 3, 3], elements: (0..<18).map { Float($0) })

  /// What is said while `bytes` are read as a file, and the numbers, by all ways of reading them.
  private func read(_ bytes: Data, _ name: String = "x.npy") throws -> (said: [String], [Float]) {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      try bytes.write(to: file)
      let said = Mutex<[String]>([])
      DataNotice.receive { text in
        if text.hasPrefix(file.path) { said.withLock { $0.append(text) } }
      }
      defer { DataNotice.receive { _ in } }
      let elements: [Float] = try NPY().array(in: file, variable: nil).elements()
      #expect(try ArrayRowReader(path: file.path).next(2)?.elements == elements)
      return (said.withLock { $0 }, elements)
    }
  }

  @Test func `of several arrays in a file the first is read, as numpy.load does, and it is said`()
    throws
  {
    let second = NumPyArray<Float>(shape: [1, 3, 3], elements: Array(repeating: 9, count: 9))
    for isGzipped in [false, true] {
      let bytes = array.data + second.data
      let (said, elements) = try read(isGzipped ? gzipped(bytes) : bytes)
      #expect(elements == array.elements)
      #expect(said.count == 1 && said[0].contains("several arrays"), "\(said)")
    }
  }

  @Test func `other bytes behind an array are passed over, and counted`() throws {
    let (said, elements) = try read(array.data + Data(repeating: 7, count: 100))
    #expect(elements == array.elements)
    #expect(said.count == 1 && said[0].contains("100 bytes lie behind"), "\(said)")
    #expect(try read(array.data).said.isEmpty)
  }

  @Test func `patches that stay on disk are those of the first array`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      let table = NumPyArray<Float>(
        shape: [65_536, 16], elements: (0..<1 << 20).map { Float($0) })
      var configuration = DataConfiguration()
      (configuration.memory, configuration.patches) = (1, 1 << 20)
      let source = DataSource.arrays(training: file, test: nil, reading: ArrayReading(.patches))
      try table.data.write(to: file)
      let alone = try #require(try PatchTable(source, over: configuration)).read(65_530..<65_536)
      try (table.data + table.data).write(to: file)
      let first = try #require(try PatchTable(source, over: configuration))
      #expect(try first.rows == 65_536 && first.read(65_530..<65_536) == alone)
      try table.data.dropLast().write(to: file)
      let error = try failure { _ = try PatchTable(source, over: configuration) }
      #expect(error.description.contains("but holds"), "\(error)")
    }
  }

  @Test func `zeros behind gzip are padding, and a second member goes on`() throws {
    let packed = gzipped(array.data)
    for padding in [1, 511, 10_240] {
      let (said, elements) = try read(packed + Data(count: padding))
      #expect(elements == array.elements && said.isEmpty, "\(padding): \(said)")
    }
    let parts = gzipped(array.data.prefix(150)) + gzipped(Data(array.data.dropFirst(150)))
    let (said, elements) = try read(parts)
    #expect(elements == array.elements && said.isEmpty, "\(said)")
    let error = try failure { _ = try read(parts.dropLast(8) + Data(count: 8)) }
    #expect(error.description.contains("damaged gzip data"), "\(error)")
  }
}
