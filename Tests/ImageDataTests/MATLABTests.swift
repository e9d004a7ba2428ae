import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite struct MATLABTests {
  init() { findReader() }

  private static let names = ["v5.mat", "v7.mat", "v73.mat", "v73-deflated.mat"]

  @Test(arguments: names) func `stacks of images of every class are read`(name: String) throws {
    let json = try Data(contentsOf: reference("matlab.json"))
    let expected = try JSONDecoder().decode([String: [[Float]]].self, from: json)
    #expect(expected.count == 6)
    for (variable, stack) in expected {
      let images = try MATLAB().open(
        reference(name), reading: ArrayReading(variable: variable))
      #expect(images.count == 4)
      for (index, values) in stack.enumerated() {
        let image = try images.image(at: index)
        #expect(image.size == ImageSize(height: 6, width: 5))
        let scale: Float = variable == "bytes" ? 255 : 1
        let worst = zip(image.pixels, values).map { abs($0 * scale - $1) }.max() ?? .infinity
        #expect(worst < 1e-4, "\(variable), image \(index)")
      }
    }
  }

  @Test func `HDF5 that Python wrote is read, MATLAB's or not`() throws {
    let json = try Data(contentsOf: reference("matlab.json"))
    let expected = try #require(
      JSONDecoder().decode([String: [[Float]]].self, from: json)["IMAGES"])
    for (file, name) in [
      ("python.mat", "IMAGES"), ("python.mat", "data/images"), ("python.h5", "images"),
      ("python.h5", "half"), ("python.h5", "mask"),
    ] {
      let images = try MATLAB().open(reference(file), reading: ArrayReading(variable: name))
      #expect(images.count == 4, "\(file), \(name)")
      for index in 0..<4 {
        let image = try images.image(at: index)
        #expect(image.size == ImageSize(height: 6, width: 5))
        let values = expected[index].map { name == "mask" ? ($0 > 0 ? 1 : 0) : $0 }
        let worst = zip(image.pixels, values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < (name == "half" ? 2e-3 : 1e-6), "\(file), \(name): \(worst)")
      }
    }
    let several = try failure { _ = try MATLAB().open(reference("python.mat")) }
    #expect(several.description.contains("IMAGES (6 × 5 × 4), data/images (6 × 5 × 4)"))
    for (file, name, text) in [
      ("python.mat", "waves", "complex numbers"), ("python.h5", "text", "is text"),
    ] {
      let error = try failure {
        _ = try MATLAB().open(reference(file), reading: ArrayReading(variable: name))
      }
      #expect(error.description.contains(text), "\(error)")
    }
  }

  @Test func `the only array needs no name`() throws {
    #expect(try MATLAB().open(reference("one.mat")).count == 4)
    #expect(try DataSource.open(path: reference("one.mat").path).kind == .whole)
    let source = try DataSource.open(
      path: reference("one.mat").path, reading: ArrayReading(.images, variable: "IMAGES"))
    #expect(source.kind == .cut)
  }

  @Test func `the axes can be said otherwise`() throws {
    let images = try MATLAB().open(reference("one.mat"), reading: ArrayReading(imageAxis: .first))
    #expect(images.count == 6)
    #expect(try images.size(at: 0) == ImageSize(height: 5, width: 4))
    let stack = try MATLAB().open(reference("one.mat"))
    #expect(try images.image(at: 2)[3, 1] == stack.image(at: 1)[2, 3])
  }

  @Test func `what cannot be used is an error that names it and what there is`() throws {
    func problem(_ name: String, _ variable: String?) throws -> String {
      let error = try failure {
        _ = try MATLAB().open(reference(name), reading: ArrayReading(variable: variable))
      }
      #expect(try error.file == reference(name).path)
      return error.description
    }
    for name in ["v5.mat", "v7.mat"] {
      #expect(
        try problem(name, "images").contains(
          "holds no variable images; there are: IMAGES, single, bytes, words, whole, mask, name"))
      #expect(try problem(name, "cell").contains("variable cell: is a cell array"))
      #expect(try problem(name, "struct").contains("is a struct"))
      #expect(try problem(name, "name").contains("is text"))
      #expect(try problem(name, "waves").contains("complex numbers"))
      #expect(try problem(name, nil).contains("holds several arrays: IMAGES (6 × 5 × 4), single"))
    }
    #expect(try problem("v73.mat", "images").contains("there are: IMAGES"))
  }

  @Test(arguments: names + ["one.mat"]) func `a cut-off file is an error that names the file`(
    name: String
  ) throws {
    let whole = try Data(contentsOf: reference(name))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      for length in [0, 20, 127, 128, 140, 200, 600, 900] where length < whole.count {
        try whole.prefix(length).write(to: file)
        let error = try failure {
          let images = try MATLAB().open(file, reading: ArrayReading(variable: "IMAGES"))
          _ = try images.image(at: 3)
        }
        #expect(error.file == file.path, "\(length) bytes: \(error)")
      }
    }
  }

  @Test func `version 7.3 needs the svae command, and the error says where to put it`() throws {
    var file = try MATLAB73(reference("v73.mat"))
    file.reader = nil
    var problem = try failure { _ = try file.header(of: "IMAGES") }.description
    #expect(problem.contains("v73.mat: is of MATLAB's version 7.3"), "\(problem)")
    #expect(problem.contains("name it in SVAE_EXECUTABLE"), "\(problem)")
    file.reader = URL(filePath: "/none/svae")
    problem = try failure { _ = try file.array("IMAGES") }.description
    #expect(problem.contains("/none/svae does not start"), "\(problem)")
    // A program that knows nothing of such files.
    file.reader = URL(filePath: "/usr/bin/true")
    problem = try failure { _ = try file.header(of: "IMAGES") }.description
    #expect(problem.contains("is a damaged MATLAB file"), "\(problem)")
  }

  /// Version 7.3 is left to HDF5, which is not safe against every damage.
  @Test(arguments: ["v5.mat", "v7.mat"]) func `a damaged byte never crashes the reader`(
    name: String
  ) throws {
    let whole = try Data(contentsOf: reference(name))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      for position in stride(from: 0, to: min(whole.count, 3000), by: 7) {
        var bytes = whole
        bytes[position] ^= 0x55
        try bytes.write(to: file)
        do {
          let images = try MATLAB().open(file, reading: ArrayReading(variable: "IMAGES"))
          _ = try images.image(at: 0)
        } catch let error as ImageDataError {
          #expect(error.file == file.path)
        }
      }
    }
  }
}
