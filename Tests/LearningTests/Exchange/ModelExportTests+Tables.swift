import Compute
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// Tables of filters, and exports of dictionaries.
extension ModelExportTests {
  @Test func `the table has a row for each filter and the evaluation's counts`() throws {
    try withModel(Self.cases[0].run) { run, model, folder in
      // The run's own data are dead leaves of the default size; these are those of the test.
      let file = try write(model, "m.csv", to: folder)[0]
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      let columns = lines[0].split(separator: ",").map(String.init)
      let rows = lines.dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(rows.count == 20 && rows.allSatisfy { $0.count == columns.count })
      func column(_ name: String) throws -> [Double] {
        let index = try #require(columns.firstIndex(of: name), "\(name)")
        return rows.map { Double($0[index]) ?? .nan }
      }
      let evaluation = try run.evaluate(team: Self.team)
      let summary = Summary(evaluation)
      for (name, count) in [
        ("active", "activeFilters"), ("informative", "informative"), ("strong", "strong"),
        ("activeUnit", "activeUnits"), ("klActive", "klActive"), ("spike", "spikes"),
        ("noiseLike", "noiseLike"), ("duplicate", "duplicates"), ("gaborLike", "gaborLike"),
        ("gaborLikeStrict", "gaborLikeStrict"),
      ] {
        #expect(try column(name).reduce(0, +) == summary[count], "\(name)")
      }
      #expect(try column("index") == (0..<20).map(Double.init))
      #expect(try column("norm").allSatisfy { abs($0 - 1) < 1e-5 })
      let divergence = try #require(summary["kl"])
      #expect(abs(try column("kl").reduce(0, +) - divergence) < 1e-3 * divergence)
      for name in ["centreX", "centreY", "gaborRSquared"] {
        #expect(try column(name).allSatisfy { $0.isFinite }, "\(name)")
      }
      // Blobs and edges have no frequency; what has one has all of the wave's numbers.
      let carriers = try column("gaborCarrier")
      for name in ["orientation", "frequency", "phase", "bandwidth", "width", "amplitude"] {
        #expect(try column(name).map(\.isFinite) == carriers.map { $0 == 1 }, "\(name)")
      }
      let blobs = zip(try column("gaborLike"), carriers).map { $0 * (1 - $1) }
      #expect(blobs.reduce(0, +) == summary["gaborWithoutCarrier"])
    }
  }

  @Test func `a table whose data have gone says so, and takes other data`() throws {
    try withModel(Self.cases[0].run) { run, _, folder in
      var gone = try run.folder.configuration(of: SparseVAEConfiguration.self)
      gone.data.source = folder.appending(path: "gone").path
      try gone.yaml.write(to: run.folder.configurationFile, atomically: true, encoding: .utf8)
      let model = try ExportedModel(run.folder)
      let error = #expect(throws: RunError.self) { try write(model, "m.csv", to: folder) }
      let text = error?.description ?? ""
      #expect(
        text.contains("run: its filters cannot be measured without the run's data"), "\(text)")
      #expect(text.contains("gone: no such file or folder"), "\(text)")
      #expect(text.contains("--data"), "\(text)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "m.csv").path))
      let images = folder.appending(path: "images.npy")
      try NumPyArray(
        shape: [10, 36, 36], elements: (0..<12_960).map { Float($0 * $0 % 37) / 37 }
      ).write(to: images)
      _ = try write(model, "m.csv", data: images.path, to: folder)
    }
  }

  @Test func `a dictionary leaves in every format but ONNX`() throws {
    let data = try #require(TinyDictionary.data)
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "run")
      try TinyDictionary.learn(TinyDictionary.configuration(), at: place, data)
      let run = try TrainedRun<DictionaryConfiguration>(RunFolder(existing: place))
      let model = try ExportedModel(RunFolder(existing: place))
      for name in ["m.safetensors", "m.npz", "m.mat", "m.tif", "m.csv"] {
        #expect(try write(model, name, to: folder).count == 1)
      }
      let file = try Safetensors(contentsOf: folder.appending(path: "m.safetensors"))
      let weight = try #require(file.tensors.first { $0.name == "decoder.weight" })
      #expect(weight.shape == [36, 20] && weight.elements == run.model.filters.transposed.elements)
      let table = try String(contentsOf: folder.appending(path: "m.csv"), encoding: .utf8)
      #expect(table.split(separator: "\n").count == 21)
      #expect(table.hasPrefix("index,norm,participationRatio,meanAbsoluteCode,active,dead,"))
      let error = #expect(throws: RunError.self) { try write(model, "m.onnx", to: folder) }
      #expect(
        error?.description.contains("has no recognition network: its codes come from") == true)
      #expect(error?.description.contains("npz") == true)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
          "m.csv", "m.mat", "m.npz", "m.safetensors", "m.tif", "run",
        ])
    }
  }
}
