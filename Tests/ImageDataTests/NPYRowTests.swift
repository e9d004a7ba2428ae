import Compute
import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite struct NPYRowTests {
  private func rows(_ first: Int, _ count: Int, columns: Int) -> Matrix {
    Matrix(
      rows: count, columns: columns,
      elements: (first * columns..<(first + count) * columns).map { Float($0) / 7 })
  }

  @Test func `rows written a few at a time are one array`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "z.npy")
      let writer = try ArrayRowWriter(path: file.path, name: "z", rowShape: [2, 3], rows: 100)
      for first in stride(from: 0, to: 100, by: 10) {
        try writer.append(rows(first, 10, columns: 6))
        #expect(!FileManager.default.fileExists(atPath: file.path))
      }
      try writer.finish()
      let array = try NumPyArray<Float>(contentsOf: file)
      #expect(array.shape == [100, 2, 3])
      #expect(array.elements == rows(0, 100, columns: 6).elements)
      var reader = try NPYRowReader(path: file.path)
      #expect(reader.shape == [100, 2, 3])
      #expect(try reader.next(30) == rows(0, 30, columns: 6))
      #expect(try reader.next(1000) == rows(30, 70, columns: 6))
      #expect(try reader.next(1) == nil)
      #expect(reader.position == 100)
    }
  }

  @Test func `a writer that is not finished leaves nothing, and the old file as it was`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "z.npy")
      try Data("old".utf8).write(to: file)
      do {
        let writer = try ArrayRowWriter(path: file.path, name: "z", rowShape: [6], rows: 3)
        try writer.append(rows(0, 3, columns: 6))
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["z.npy"])
      let writer = try ArrayRowWriter(path: file.path, name: "z", rowShape: [6], rows: 4)
      try writer.append(rows(0, 3, columns: 6))
      #expect(
        try failure { try writer.finish() }.description.contains("got 3 rows instead of 4"))
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    }
  }

  @Test func `no rows make an empty array`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "z.npy")
      try ArrayRowWriter(path: file.path, name: "z", rowShape: [6], rows: 0).finish()
      var reader = try NPYRowReader(path: file.path)
      #expect(reader.shape == [0, 6])
      #expect(try reader.next(1) == nil)
    }
  }

  @Test func `a stream is read to its last row and not further`() throws {
    let array = NumPyArray(rows(0, 50, columns: 4))
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: array.data + Data("next".utf8))
    try pipe.fileHandleForWriting.close()
    let input = pipe.fileHandleForReading
    var reader = try NPYRowReader(path: "-", input: InputFile(stream: input.fileDescriptor))
    #expect(try reader.next(20) == rows(0, 20, columns: 4))
    #expect(try reader.next(40) == rows(20, 30, columns: 4))
    #expect(try reader.next(40) == nil)
    #expect(try input.readToEnd() == Data("next".utf8))
  }

  @Test func `a stream that ends too early, or comes in Fortran order, is an error`() throws {
    func problem(_ data: Data) throws -> String {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: data)
      try pipe.fileHandleForWriting.close()
      return try failure {
        let input = InputFile(stream: pipe.fileHandleForReading.fileDescriptor)
        var reader = try NPYRowReader(path: "-", input: input)
        while try reader.next(8) != nil {}
      }.description
    }
    let good = NumPyArray(rows(0, 50, columns: 4)).data
    #expect(try problem(good.dropLast(30)).contains("ends in row 48 of 50"))
    let fortran = NPYHeader.bytes(shape: [2, 2], type: NumberType(.float32), isColumnMajor: true)
    #expect(try problem(fortran + Data(count: 16)).contains("Fortran order"))
    let huge = NPYHeader.bytes(shape: [1 << 40, 144], type: NumberType(.float32))
    #expect(try problem(huge + Data(count: 16)).contains("ends in row 0"))
    let wide = NPYHeader.bytes(shape: [1, 1 << 45], type: NumberType(.float32))
    #expect(try problem(wide + Data(count: 16)).contains("ends in row 0"))
  }

  @Test func `an unusable file is an error that names it and says why`() throws {
    let good = NumPyArray(rows(0, 5, columns: 4)).data
    let notFinite = NumPyArray<Float>(shape: [2, 3], elements: [0, 1, 2, 3, 4, .infinity]).data
    let cases: [(Data, String)] = [
      (Data(), "is empty"),
      (good.dropLast(), "which is 80 bytes, but holds 79"),
      (NPYHeader.bytes(shape: [1 << 45, 1 << 20], type: NumberType(.float32)), "declares"),
      (NPYHeader.bytes(shape: [0, 1 << 40, 1 << 40], type: NumberType(.float32)), "declares 0 × "),
      (NPYHeader.bytes(shape: [1, 1 << 45], type: NumberType(.float32)), "but holds 0"),
      (NumPyArray<Float>(shape: [], elements: [1]).data, "expected [N, D]"),
      (NumPyArray<Float>(shape: [3, 0], elements: []).data, "has the shape 3 × 0"),
      (notFinite, "row 1 holds inf in column 2"),
    ]
    try withTemporaryFolder { folder in
      for (number, (data, problem)) in cases.enumerated() {
        let file = folder.appending(path: "case-\(number)")
        try data.write(to: file)
        let error = try failure {
          var reader = try NPYRowReader(path: file.path)
          _ = try reader.next(10)
        }
        #expect(error.description.contains(problem), "\(number): \(error)")
        #expect(error.file == file.path)
      }
      let missing = folder.appending(path: "missing.npy").path
      #expect(
        try failure { _ = try NPYRowReader(path: missing) }.description.contains("No such file"))
      let nowhere = folder.appending(path: "no/folder.npy").path
      #expect(
        try failure {
          _ = try ArrayRowWriter(path: nowhere, name: "z", rowShape: [1], rows: 1)
        }.description.contains("existing folder"))
    }
  }
}
