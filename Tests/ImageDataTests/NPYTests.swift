import Compute
import Foundation
import MadeFiles
import TestSupport
import Testing

@testable import ImageData

@Suite struct NPYTests {
  @Test func `every type, order and byte order that NumPy writes is read`() throws {
    let cases = try ArrayReferences.load().npy
    #expect(cases.count == 42)
    try withTemporaryFolder { folder in
      for (name, reference) in cases {
        let file = folder.appending(path: "array.npy")
        try reference.data.write(to: file)
        let doubles = try NumPyArray<Double>(contentsOf: file)
        #expect(doubles.shape == [3, 4, 5], "\(name)")
        #expect(doubles.elements == reference.values, "\(name)")
        let floats = try NumPyArray<Float>(contentsOf: file)
        #expect(floats.elements == reference.values.map { Float($0) }, "\(name)")
        // Unsigned bytes are grey levels, from 0 to 1.
        let expected = reference.values.map {
          name.contains("u1") ? Float($0) / 255 : Float($0)
        }
        let images = try NPY().open(file)
        #expect(images.count == 3)
        #expect(try images.size(at: 0) == ImageSize(height: 4, width: 5))
        #expect(try (0..<3).flatMap { try images.image(at: $0).pixels } == expected, "\(name)")
        var reader = try NPYRowReader(path: file.path)
        #expect((reader.rows, reader.columns) == (3, 20))
        var rows: [Float] = []
        while let matrix = try reader.next(2) { rows += matrix.elements }
        #expect(rows == expected, "\(name)")
      }
    }
  }

  @Test func `what was written is read again`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy")
      for shape in [[], [1], [7], [2, 3], [2, 3, 4], [0, 3]] {
        let count = shape.reduce(1, *)
        let floats = NumPyArray(shape: shape, elements: (0..<count).map { Float($0) / 3 })
        try floats.write(to: file)
        if count == 0 { continue }
        #expect(try NumPyArray<Float>(contentsOf: file) == floats)
        let doubles = NumPyArray(shape: shape, elements: (0..<count).map { Double($0) / 3 })
        try doubles.write(to: file)
        #expect(try NumPyArray<Double>(contentsOf: file) == doubles)
        #expect(try Data(contentsOf: file).count % 64 == count * 8 % 64)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.npy"])
    }
  }

  @Test func `an unusable file is an error that names it and says why`() throws {
    let good = NumPyArray<Float>(shape: [2, 3, 3], elements: Array(repeating: 1, count: 18)).data
    func header(_ text: String) -> Data {
      Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8))
    }
    func array(_ descr: String, _ shape: String) -> Data {
      header("{'descr': \(descr), 'fortran_order': False, 'shape': \(shape), }\n")
    }
    let notFinite = NumPyArray<Float>(shape: [1, 2, 2], elements: [0, 1, .nan, 2]).data
    let refused = try ArrayReferences.load().refused
    let cases: [(Data, String)] = [
      (Data(), "is empty"),
      (Data("hello, world".utf8), "is not a .npy file"),
      (Data([0x93] + Array("NUMPY".utf8)), "ends inside its header"),
      (Data([0x93] + Array("NUMPY".utf8) + [9, 0, 1, 0]), "version 9"),
      (Data([0x93] + Array("NUMPY".utf8) + [2, 0, 0, 0, 0, 64]), "a header of 1073741824 bytes"),
      (good.prefix(40), "ends inside its header"),
      (good.dropLast(), "which is 72 bytes, but holds 71"),
      (header("{}"), "without fortran_order"),
      (header("{'fortran_order': 7}"), "damaged fortran_order"),
      (header("{'fortran_order': True, 'shape': 3}"), "damaged shape"),
      (array("'<f4'", "(-1, 3, 3)"), "length -1"),
      (array("'<f4'", "(0, 3, 3)"), "is empty (0 × 3 × 3)"),
      (array("'<f4'", "(60000, 784, 784)"), "declares 60000 × 784 × 784"),
      (array("'<f4'", "(4294967296, 4294967296, 4294967296)"), "declares"),
      (array("'<f4'", "(99999999999999999999,)"), "length 99999999999999999999"),
      (array("'<m8'", "(1, 1, 1)"), "unknown type (<m8)"),
      (try #require(refused["objects"]), "Python objects"),
      (try #require(refused["complex"]), "complex numbers"),
      (try #require(refused["text"]), "text"),
      (try #require(refused["records"]), "records of several fields"),
      (notFinite, "nan at pixel 2"),
    ]
    try withTemporaryFolder { folder in
      for (number, (data, problem)) in cases.enumerated() {
        let file = folder.appending(path: "case-\(number)")
        try data.write(to: file)
        let error = try failure { _ = try NPY().open(file).image(at: 0) }
        #expect(error.description.contains(problem), "\(number): \(error)")
        #expect(error.file == file.path)
      }
    }
  }

  @Test func `a gzipped array is read, and a damaged one is an error`() throws {
    let array = NumPyArray<Float>(shape: [2, 3, 3], elements: (0..<18).map { Float($0) })
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.npy.gz")
      try gzipped(array.data).write(to: file)
      #expect(try NumPyArray<Float>(contentsOf: file) == array)
      try gzipped(array.data).dropLast(10).write(to: file)
      let error = try failure { _ = try NumPyArray<Float>(contentsOf: file) }
      #expect(error.description.contains("middle of its compressed data"), "\(error)")
    }
  }

  @Test func `the axes decide between photographs and patches`() throws {
    func kind(_ shape: [Int], _ reading: ArrayReading = ArrayReading()) throws -> String {
      try withTemporaryFolder { folder in
        let file = folder.appending(path: "x.npy")
        let count = shape.reduce(1, *)
        try NumPyArray<Float>(shape: shape, elements: Array(repeating: 0, count: count))
          .write(to: file)
        let source = try DataSource.open(path: file.path, reading: reading)
        guard case .arrays(_, _, let resolved) = source else { return "none" }
        let images = try NPY().open(file, reading: resolved)
        return "\(source.kind) \(images.count) of \(try images.size(at: 0))"
      }
    }
    #expect(try kind([5, 64, 48]) == "cut 5 of 64 × 48")
    #expect(try kind([5, 64, 47]) == "whole 5 of 64 × 47")
    #expect(try kind([5, 64, 47], ArrayReading(patchSize: 8)) == "cut 5 of 64 × 47")
    #expect(try kind([5, 32, 32], ArrayReading(patchSize: 4)) == "whole 5 of 32 × 32")
    #expect(try kind([5, 32, 32], ArrayReading(.images)) == "cut 5 of 32 × 32")
    #expect(try kind([5, 64, 64], ArrayReading(.patches)) == "whole 5 of 64 × 64")
    #expect(try kind([64, 65, 5], ArrayReading(imageAxis: .last)) == "cut 5 of 64 × 65")
    #expect(try kind([5, 1, 16, 16]) == "whole 5 of 16 × 16")
    #expect(try kind([5, 16, 16, 1]) == "whole 5 of 16 × 16")
    #expect(try kind([10, 144]) == "whole 10 of 12 × 12")
    #expect(try kind([10, 12], ArrayReading(patchHeight: 3)) == "whole 10 of 3 × 4")
    #expect(try kind([100, 90], ArrayReading(.images)) == "cut 1 of 100 × 90")
    func problem(_ shape: [Int], _ reading: ArrayReading = ArrayReading()) throws -> String {
      try failure { _ = try kind(shape, reading) }.description
    }
    #expect(try problem([10, 150]).contains("rows of 150 numbers are not square patches"))
    #expect(try problem([144, 10]).contains("transpose it if each column is one"))
    #expect(try problem([10, 12], ArrayReading(patchHeight: 5)).contains("of height 5"))
    #expect(try problem([64, 64, 5]).contains("looks like 5 images of 64 × 64"))
    #expect(try problem([7]).contains("has 1 axis (7); expected three, [N, height, width]"))
    #expect(try problem([2, 8, 8, 3]).contains("looks like colours"))
  }

  @Test func `patches that are already extracted are learned from as they are`() throws {
    var stream = RandomStream(seed: 3, purpose: .initialization)
    let elements = (0..<400 * 20).map { _ in Float(stream.normal()) }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "patches.npy")
      try NumPyArray(shape: [400, 20], elements: elements).write(to: file)
      var configuration = DataConfiguration()
      configuration.patchHeight = 4
      configuration.whitening = Whitening.none
      let source = try DataSource.open(path: file.path, reading: configuration.reading)
      let data = try DataSet(source, configuration, team: ThreadTeam(count: 2))
      #expect((data.patchHeight, data.patchWidth, data.kind) == (4, 5, .whole))
      #expect((data.train.rows, data.validation.rows, data.test.rows) == (320, 40, 40))
      let restored = data.preprocessing.restored(data.test)
      for (row, index) in data.split.test.enumerated() {
        let original = elements[index * 20..<index * 20 + 20]
        #expect(zip(restored.row(row), original).allSatisfy { abs($0 - $1) < 1e-4 })
      }
      // The same, read without a word about its shape: the run's own is taken.
      let again = try data.preprocessing.patches(
        from: DataSource.open(path: file.path, reading: ArrayReading(patchHeight: 2)), count: 400,
        team: ThreadTeam(count: 1))
      #expect(again.rows == 400)
    }
  }
}

/// What NumPy wrote.
struct ArrayReferences: Decodable {
  struct Array: Decodable {
    var npy: Data
    var values: [Double]
    var data: Data { npy }
  }

  struct Archives: Decodable {
    var stored: Data
    var deflated: Data
    var values: [Float]
  }

  var npy: [String: Array]
  var refused: [String: Data]
  var npz: Archives

  static func load() throws -> ArrayReferences {
    try JSONDecoder().decode(ArrayReferences.self, from: Data(contentsOf: reference("arrays.json")))
  }
}
