import Foundation
@testable import ImageData
import TestSupport
import Testing

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
        #expect(try NPZ().arrays(in: file).map(\.name) == ["images", "labels"])
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
      #expect(try NPZ().arrays(in: file).map(\.name) == arrays.map(\.name))
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
    // A deflated gigabyte of zeros, as declared; the same bytes listed twice; a way out.
    func problem(_ change: (inout Data) -> Void) throws -> String {
      try withTemporaryFolder { folder in
        let file = folder.appending(path: "x.npz")
        try NPZ().write(
          [("aaa", NumPyArray<Float>(shape: [2, 2], elements: [1, 2, 3, 4]))], to: file)
        var data = try Data(contentsOf: file)
        change(&data)
        try data.write(to: file)
        return try failure { _ = try NPZ().open(file) }.description
      }
    }
    func list(_ data: Data) -> Int {
      data.firstRange(of: Data([0x50, 0x4B, 1, 2]))?.lowerBound ?? 0
    }
    #expect(
      try problem { data in
        let start = list(data)
        data[start + 10] = 8
        data.replaceSubrange(start + 24..<start + 28, with: [0, 0, 0, 0x40])
      }.contains("would unpack from 144 to 1073741824 bytes"))
    #expect(
      try problem { data in
        let start = list(data)
        data.replaceSubrange(start + 46..<start + 53, with: Data("../a.py".utf8))
      }.contains("leads out of the archive"))
    #expect(
      try problem { data in
        let start = list(data)
        data.replaceSubrange(start + 46..<start + 53, with: Data("/aa.npy".utf8))
      }.contains("leads out of the archive"))
    #expect(
      try problem { data in
        let start = list(data)
        let entry = data[start..<data.count - 22]
        data.insert(contentsOf: entry, at: start)
        let end = data.count - 22
        (data[end + 8], data[end + 10]) = (2, 2)
        data[end + 12] *= 2
      }.contains("overlaps another"))
    #expect(
      try problem { data in
        let start = list(data)
        data.replaceSubrange(start + 20..<start + 28, with: Data(repeating: 0x7F, count: 8))
      }.contains("reaches beyond the file"))
    #expect(
      try problem { data in
        data[data.count - 12] = 0xFF
        data[data.count - 11] = 0xF0
      }.contains("more than its list can hold"))
    #expect(try problem { $0[list($0) + 8] |= 1 }.contains("encrypted"))
  }
}
