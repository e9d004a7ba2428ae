import Foundation
import TestSupport
import Testing

@testable import Learning

@Suite(.serialized) struct EventFileTests {
  /// RFC 3720, B.4, and the check value of the catalogue of such codes.
  @Test func `the checksum has the published values`() {
    #expect(CRC32C("123456789".utf8).value == 0xE306_9283)
    #expect(CRC32C([UInt8](repeating: 0, count: 32)).value == 0x8A91_36AA)
    #expect(CRC32C([UInt8](repeating: 0xFF, count: 32)).value == 0x62A8_AB43)
    #expect(CRC32C(0..<32).value == 0x46DD_794E)
    #expect(CRC32C((0..<32).reversed()).value == 0x113F_DB5C)
    #expect(CRC32C([UInt8]()).value == 0)
  }

  @Test func `masking turns by 15 bits and adds a constant`() {
    // Of no bytes only the constant is left.
    #expect(CRC32C([UInt8]()).masked == 0xA282_EAD8)
    let plain = CRC32C("123456789".utf8).value
    let turned = CRC32C("123456789".utf8).masked &- 0xA282_EAD8
    #expect(turned >> 17 | turned << 15 == plain)
  }

  @Test func `a record is its length, the bytes, and both checksums`() throws {
    let bytes = Array("some event".utf8)
    let record = [UInt8](EventFile.record(bytes))
    #expect(record.count == 8 + 4 + 10 + 4)
    #expect(record.prefix(8) == [10, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(record[12..<22]) == bytes)
    #expect(try Events.read(Data(record)) == [bytes])
    var damaged = record
    damaged[15] ^= 1
    #expect(throws: Events.Damage.self) { try Events.read(Data(damaged)) }
  }

  @Test func `a run writes each epoch once, and a resumed one goes on in a second file`() throws {
    try withTemporaryFolder { folder in
      var run = SmallRun()
      run.configuration.training.epochs = 4
      // Stopped in the midst of the third of four epochs of six steps.
      let made = try run.train(
        at: folder.appending(path: "a"), stopAfter: 15, writesTensorBoard: true)
      #expect(try Events.files(of: made).count == 1)
      try run.resume(made)
      let files = try Events.files(of: made)
      #expect(files.count == 2)
      let events = try files.map(Events.init)
      #expect(events.map { $0.steps(of: "validation/kl") } == [[6, 12], [18, 24]])
      #expect(events.allSatisfy { $0.version == "brain.Event:2" })
      // What an earlier session may have said of steps from the next one on is void.
      #expect(events.map(\.sessionStarts) == [[], [16]])

      let metrics = try MetricsTable(
        contentsOf: made.metricsFile, through: 4, columns: SparseVAEConfiguration.columnNames)
      for (tag, column) in [
        ("validation/negativeElbo", "validationNegativeElbo"), ("train/kl", "trainKl"),
        ("active/informative", "informative"), ("filters/normMean", "normMean"),
      ] {
        let scalars = events.flatMap { $0.scalars(of: tag) }
        for (scalar, value) in zip(scalars, metrics[column]) {
          #expect(abs(Double(scalar) - value) <= 1e-5 * abs(value), "\(tag)")
        }
        #expect(scalars.count == 4)
      }
    }
  }

  @Test func `filters come as pictures, norms and divergences as histograms`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(
        at: folder.appending(path: "a"), writesTensorBoard: true)
      let events = try Events(#require(try Events.files(of: made).first))
      let pictures = events.values(of: "filters/mosaic").compactMap { $0.messages(4).first }
      #expect(pictures.count == 3)
      for picture in pictures {
        let png = try #require(picture.data(4).first)
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // Width and height in the picture's own header are those that are announced.
        func number(_ start: Int) -> Int { png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect([number(20)] == picture.integers(1) && [number(16)] == picture.integers(2))
      }
      for tag in ["filters/norm", "latents/kl"] {
        let histograms = events.values(of: tag).compactMap { $0.messages(5).first }
        #expect(histograms.count == 3)
        for histogram in histograms {
          #expect(histogram.doubles(3) == [20], "\(tag)")
          #expect(histogram.data(6).first?.count == 240 && histogram.data(7).first?.count == 240)
        }
      }
    }
  }

  @Test func `without being asked a run writes no events`() throws {
    try withTemporaryFolder { folder in
      let made = try SmallRun().train(at: folder.appending(path: "a"))
      #expect(!TensorBoardLog.exists(in: made))
    }
  }

  @Test func `events change no bit of the model`() throws {
    try withTemporaryFolder { folder in
      let plain = try SmallRun().train(at: folder.appending(path: "a"))
      let logged = try SmallRun().train(
        at: folder.appending(path: "b"), writesTensorBoard: true)
      #expect(try Data(contentsOf: plain.modelFile) == Data(contentsOf: logged.modelFile))
    }
  }

  @Test func `a histogram counts every finite value once`() throws {
    let values = [0, 0.1, 0.5, 0.99, 1, .nan, .infinity]
    let histogram = try #require(EventHistogram(of: values, ranges: 4))
    #expect(histogram.counts == [2, 0, 1, 2])
    #expect(histogram.limits == [0.25, 0.5, 0.75, 1])
    #expect(abs(histogram.sum - 2.59) < 1e-12 && abs(histogram.sumOfSquares - 2.2401) < 1e-12)
    #expect(EventHistogram(of: [.nan]) == nil)
    // All alike: one range, in the middle.
    let alike = try #require(EventHistogram(of: [1, 1, 1], ranges: 3))
    #expect(alike.counts == [0, 3, 0] && alike.least == 0.5 && alike.greatest == 1.5)
  }
}

/// An event file, read as the tests need it.
private struct Events {
  struct Damage: Error {}

  private let events: [ProtobufReader]

  init(_ file: URL) throws {
    events = try Self.read(Data(contentsOf: file)).map { bytes in
      try #require(ProtobufReader(bytes))
    }
  }

  static func files(of run: RunFolder) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: TensorBoardLog.folder(of: run), includingPropertiesForKeys: nil
    ).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  /// The records of a file, their checksums checked.
  static func read(_ data: Data) throws -> [[UInt8]] {
    var rest = [UInt8](data)[...]
    var records: [[UInt8]] = []
    func take(_ count: Int) throws -> [UInt8] {
      guard rest.count >= count else { throw Damage() }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func number(_ bytes: [UInt8]) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
    while !rest.isEmpty {
      let length = try take(8)
      guard number(try take(4)) == Int(CRC32C(length).masked) else { throw Damage() }
      let bytes = try take(number(length))
      guard number(try take(4)) == Int(CRC32C(bytes).masked) else { throw Damage() }
      records.append(bytes)
    }
    return records
  }

  var version: String? { events.first?.texts(3).first }

  var sessionStarts: [Int] {
    events.filter { $0.messages(7).contains { $0.integers(1) == [1] } }.flatMap { $0.integers(2) }
  }

  func values(of tag: String) -> [ProtobufReader] {
    events.flatMap { $0.messages(5) }.flatMap { $0.messages(1) }.filter { $0.texts(1) == [tag] }
  }

  func scalars(of tag: String) -> [Float] { values(of: tag).flatMap { $0.floats(2) } }

  func steps(of tag: String) -> [Int] {
    events.filter { event in
      event.messages(5).flatMap { $0.messages(1) }.contains { $0.texts(1) == [tag] }
    }.flatMap { $0.integers(2) }
  }
}
