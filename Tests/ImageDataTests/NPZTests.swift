import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct NPZTests {
  @Test func `archives that NumPy writes are read, stored and deflated`() throws {
    let reference = try ArrayReferences.load().npz
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npz")
      for data in [reference.stored, reference.deflated] {
        try data.write(to: file)
        // The labels have one axis: the images are the only array that could be images.
        for variable in [nil, "images"] {
          let images = try NPZ().open(file, reading: ArrayReading(variable: variable))
          #expect(try images.size(at: 0) == ImageSize(height: 6, width: 5))
          #expect(try (0..<4).flatMap { try images.image(at: $0).pixels } == reference.values)
        }
        #expect(try NPZ().entries(of: file).map(\.name) == ["images", "labels"])
        #expect(try DataSource.open(path: file.path).kind == .whole)
      }
    }
  }

  @Test func `what was written is read again`() throws {
    let arrays = (1...3).map { index in
      let elements = (0..<index * 12).map { Float($0) / 7 }
      return (
        name: "array-\(index)", array: NumPyArray(shape: [index, 3, 4], elements: elements)
      )
    }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npz")
      try NPZ().write(arrays, to: file)
      #expect(try NPZ().entries(of: file).map(\.name) == arrays.map(\.name))
      for (name, array) in arrays {
        let stored = try NPZ().array(in: file, variable: name)
        #expect(NumPyArray<Float>(stored) == array)
      }
      #expect(
        try failure { _ = try NPZ().open(file) }.description
          .contains("holds several arrays: array-1 (1 × 3 × 4), array-2 (2 × 3 × 4)"))
      try NPZ().write([], to: file)
      #expect(
        try failure { _ = try NPZ().open(file) }.description.contains("no array of numbers"))
    }
  }

  @Test func `equal arrays make equal files`() throws {
    let array = NumPyArray<Float>(shape: [3], elements: [1, 2, 3])
    try withTemporaryFolder { folder in
      let files = try ["a.npz", "b.npz"].map { name in
        let file = folder.appending(path: name)
        try NPZ().write([("x", array)], texts: [("notes.txt", "text")], to: file)
        return try Data(contentsOf: file)
      }
      #expect(files[0] == files[1])
    }
  }

  @Test func `a wrong name is an error that lists those there are`() throws {
    let reference = try ArrayReferences.load().npz
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npz")
      try reference.stored.write(to: file)
      func problem(_ variable: String) throws -> String {
        try failure { _ = try NPZ().open(file, reading: ArrayReading(variable: variable)) }
          .description
      }
      #expect(try problem("pictures").contains("no variable pictures; there are: images, labels"))
      #expect(try problem("labels").contains("variable labels: has 1 axis"))
    }
  }

  @Test func `a cut-off or damaged archive is an error, never a crash`() throws {
    let reference = try ArrayReferences.load().npz
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npz")
      for whole in [reference.stored, reference.deflated] {
        for length in stride(from: 0, to: whole.count, by: 11) {
          try whole.prefix(length).write(to: file)
          #expect(try failure { _ = try NPZ().open(file) }.file == file.path, "\(length) bytes")
        }
        for position in stride(from: 0, to: whole.count, by: 3) {
          var bytes = whole
          bytes[position] ^= 0x55
          try bytes.write(to: file)
          do {
            let images = try NPZ().open(file, reading: ArrayReading(variable: "images"))
            #expect(try images.image(at: 0).pixels.count == 30)
          } catch let error as ImageDataError {
            #expect(error.file == file.path)
          }
        }
      }
    }
  }

  @Test func `archives made to do harm are refused`() throws {
    let array = NumPyArray<Float>(shape: [2, 1, 2], elements: [1, 2, 3, 4]).data
    func reading(_ entries: [ZipEntry]) throws -> Result<any ImageCollection, ImageDataError> {
      try withTemporaryFolder { folder in
        let file = folder.appending(path: "x.npz")
        try zip(entries).write(to: file)
        do throws(ImageDataError) { return .success(try NPZ().open(file)) } catch {
          return .failure(error)
        }
      }
    }
    func problem(_ change: (inout ZipEntry) -> Void) throws -> String {
      var entry = ZipEntry(name: "aaa.npy", content: array)
      change(&entry)
      return try failure { _ = try reading([entry]).get() }.description
    }
    let good = ZipEntry(name: "aaa.npy", content: array)
    #expect(try reading([good]).get().image(at: 0).pixels == [1, 2])
    #expect(
      try problem { entry in (entry.method, entry.size) = (8, 1 << 30) }
        .contains("to 1073741824 bytes"))
    #expect(try problem { $0.name = "../a.npy" }.contains("leads out of the archive"))
    #expect(try problem { $0.name = "/a.npy" }.contains("leads out of the archive"))
    #expect(try problem { $0.name = "a\\..\\b.npy" }.contains("leads out of the archive"))
    #expect(try problem { $0.flags = 1 }.contains("encrypted"))
    #expect(try problem { $0.checksum ^= 1 }.contains("bad CRC"))
    #expect(try problem { $0.size = 0x7F7F_7F7F }.contains("x.npz"))
    #expect(try problem { $0.method = 8 }.contains("x.npz"))
    // The same bytes listed twice, by which small archives unpack to much, are there once.
    var again = good
    again.offset = 0
    #expect(try reading([good, again]).get().count == 2)
  }
}

/// An entry of a zip archive, as it declares itself.
private struct ZipEntry {
  var name: String
  var content: Data
  var method = 0
  var flags = 0
  var size: Int
  var checksum: UInt32
  /// Where it is said to lie, and lies already; nil where it is yet to be written.
  var offset: Int?

  init(name: String, content: Data) {
    (self.name, self.content) = (name, content)
    (size, checksum) = (content.count, crc32(content))
  }

  /// What its header before the content and the one in the list have in common.
  var header: Data {
    let words = [20, flags, method, 0, 0x21].map { UInt16($0).bigEndianBytes.reversed() }
    let numbers = [checksum, UInt32(content.count), UInt32(size)].map {
      $0.bigEndianBytes.reversed()
    }
    let lengths = [name.utf8.count, 0].map { UInt16($0).bigEndianBytes.reversed() }
    return Data(words.joined()) + Data(numbers.joined()) + Data(lengths.joined())
  }
}

/// A zip archive of stored entries: header and content of each, and the list of all.
private func zip(_ entries: [ZipEntry]) -> Data {
  var (contents, list) = (Data(), Data())
  for entry in entries {
    let offset = UInt32(entry.offset ?? contents.count).bigEndianBytes.reversed()
    if entry.offset == nil {
      contents += Data("PK\u{3}\u{4}".utf8) + entry.header + Data(entry.name.utf8) + entry.content
    }
    list +=
      Data("PK\u{1}\u{2}".utf8) + [20, 0] + entry.header + Data(count: 10) + Data(offset)
      + Data(entry.name.utf8)
  }
  let count = UInt16(entries.count).bigEndianBytes.reversed()
  let places = [list.count, contents.count].map { UInt32($0).bigEndianBytes.reversed() }
  return contents + list + Data("PK\u{5}\u{6}".utf8) + Data(count: 4) + Data(count) + Data(count)
    + Data(places.joined()) + Data(count: 2)
}
