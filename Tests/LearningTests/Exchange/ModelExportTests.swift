import Compute
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import ImageData
@testable import Learning

/// What other software finds in the files that models leave in.
@Suite(.serialized) struct ModelExportTests {
  static let team = ThreadTeam(count: 2)

  /// Networks and whitenings that differ in the tensors that they need.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var run: SmallRun

    init(_ name: String, _ change: (inout SparseVAEConfiguration) -> Void) {
      testDescription = name
      run = SmallRun()
      run.configuration.training.epochs = 1
      change(&run.configuration)
    }
  }

  static let cases = [
    Case("a trunk") { _ in },
    Case("branches, ZCA") {
      $0.model.encoder = .init(trunk: [24], mean: [12, 9], logScale: [7, 10])
      $0.data.preparation.whitening = .zca
    },
    Case("no hidden layer, PCA, no clipping") {
      $0.model.encoder = .init(trunk: [])
      $0.data.preparation.whitening = .pca
      $0.data.preparation.removesPatchMean = false
      $0.model.logScaleRange = [-30, 15]
    },
  ]

  func withModel(
    _ run: SmallRun, _ body: (TrainedRun<SparseVAEConfiguration>, ExportedModel, URL) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let trained = try TrainedRun<SparseVAEConfiguration>(
        run.train(at: folder.appending(path: "run")))
      try body(trained, ExportedModel(trained), folder)
    }
  }

  func write(
    _ model: ExportedModel, _ name: String, isTreated: Bool = false, data: String? = nil,
    to folder: URL
  ) throws -> [URL] {
    let exporter = try #require(ModelExporters.forFile(name))
    return try model.write(
      as: exporter, to: folder.appending(path: name),
      ExportOptions(data: data, isTreated: isTreated, team: Self.team))
  }

  @Test(arguments: cases) func `the ONNX files compute what the model computes`(
    _ one: Case
  ) throws {
    try withModel(one.run) { run, model, folder in
      var random = RandomStream(seed: 5, purpose: .evaluation)
      let patches = Matrix(
        rows: 7, columns: 64, elements: (0..<7 * 64).map { _ in Float(random.normal()) })
      for isTreated in [false, true] {
        let files = try write(model, "m.onnx", isTreated: isTreated, to: folder)
        #expect(files.map(\.lastPathComponent) == ["m.onnx", "m.decoder.onnx"])
        let encoder = try ONNXInterpreter(Data(contentsOf: files[0]))
        #expect(encoder.operatorSet == 13)
        #expect(encoder.inputs == ["patch": ["batch", "64"]])
        #expect(encoder.outputs == ["mean": ["batch", "20"], "log_scale": ["batch", "20"]])
        #expect(encoder.documentation.allSatisfy { !$0.isEmpty })
        var treated = patches
        if !isTreated { run.preprocessing.apply(to: &treated) }
        let posteriors = Inference(run.model, team: Self.team).encode(treated)
        for (name, expected) in [
          ("mean", posteriors.mean), ("log_scale", posteriors.logScale),
        ] {
          let found = try encoder.run(patches, output: name)
          #expect(worst(found, expected) < 1e-5, "\(name), treated: \(isTreated)")
        }
        let decoder = try ONNXInterpreter(Data(contentsOf: files[1]))
        #expect(decoder.inputs == ["z": ["batch", "20"]])
        #expect(decoder.outputs == ["x": ["batch", "64"]])
        let x = try decoder.run(posteriors.mean, output: "x")
        #expect(worst(x, Inference(run.model, team: Self.team).decode(posteriors.mean)) < 1e-5)
      }
    }
  }

  /// The largest error, over the largest number.
  private func worst(_ found: [Double], _ expected: Matrix) -> Double {
    guard found.count == expected.elements.count else { return .infinity }
    let scale = expected.elements.reduce(1) { max($0, Double(abs($1))) }
    return zip(found, expected.elements).map { abs($0 - Double($1)) }.max().map { $0 / scale } ?? 0
  }

  @Test func `in a folder the networks are encoder_onnx and decoder_onnx`() throws {
    try withModel(Self.cases[0].run) { _, model, folder in
      let files = try model.write(
        as: ONNXExporter(), to: folder, ExportOptions(team: Self.team))
      #expect(files.map(\.lastPathComponent) == ["encoder.onnx", "decoder.onnx"])
      #expect(files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
    }
  }

  @Test(arguments: cases) func `the treatment of patches can be done from the tensors alone`(
    _ one: Case
  ) throws {
    try withModel(one.run) { run, model, _ in
      func tensor(_ name: String) -> [Double]? {
        model.tensors.first { $0.name == "whitening.\(name)" }?.elements.map(Double.init)
      }
      var random = RandomStream(seed: 6, purpose: .evaluation)
      let patch = (0..<64).map { _ in random.normal() }
      var treated = Matrix(rows: 1, columns: 64, elements: patch.map { Float($0) })
      run.preprocessing.apply(to: &treated)
      let removes = try #require(tensor("removes_patch_mean"))[0]
      let mean = try #require(tensor("mean"))
      let scale = try #require(tensor("scale"))[0]
      let own = patch.reduce(0, +) / 64
      var x = zip(patch, mean).map { $0 - removes * own - $1 }
      if let matrix = tensor("matrix"), let inverse = tensor("inverse") {
        func product(_ matrix: [Double], _ x: [Double]) -> [Double] {
          (0..<64).map { i -> Double in
            zip(matrix[i * 64..<(i + 1) * 64], x).reduce(0) { $0 + $1.0 * $1.1 }
          }
        }
        let y = product(matrix, x)
        let back = product(inverse, y)
        #expect(zip(back, x).allSatisfy { abs($0 - $1) < 1e-3 })
        x = y
      } else {
        #expect(run.preprocessing.components == nil)
      }
      #expect(worst(x.map { $0 * scale }, treated) < 1e-5)
    }
  }

  /// y = s·W(x − m): W subtracts the mean of each channel.
  @Test func `in colour the tensors say the same as the treatment`() throws {
    try withTemporaryFolder { folder in
      var random = RandomStream(seed: 2, purpose: .evaluation)
      func uniform(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.uniform()) } }
      let file = folder.appending(path: "x.npy")
      try NumPyArray(shape: [12, 3, 32, 32], elements: uniform(12 * 3072)).write(to: file)
      var configuration = DataConfiguration()
      (configuration.colour, configuration.arrays) = (.rgb, .images)
      (configuration.patchSize, configuration.patches) = (5, 400)
      let source = try DataSource.open(path: file.path, reading: configuration.reading)
      let treatment = try DataSet(source, configuration, team: Self.team).preprocessing
      let tensors = treatment.namedTensors
      func tensor(_ name: String) -> [Float] {
        tensors.first { $0.name == "whitening.\(name)" }?.elements ?? []
      }
      #expect(tensor("removes_patch_mean") == [0])
      let (w, m, s) = (tensor("matrix"), tensor("mean"), tensor("scale")[0])
      let x = Matrix(rows: 4, columns: 75, elements: uniform(300))
      var expected = x
      treatment.apply(to: &expected)
      for row in 0..<4 {
        for i in 0..<75 {
          let y = s * (0..<75).reduce(0) { $0 + w[i * 75 + $1] * (x[row, $1] - m[$1]) }
          #expect(abs(y - expected[row, i]) < 1e-4)
        }
      }
    }
  }

  @Test func `safetensors holds the tensors to the bit, and the words`() throws {
    try withModel(Self.cases[1].run) { run, model, folder in
      let file = try Safetensors(contentsOf: write(model, "m.safetensors", to: folder)[0])
      let expected = (run.model.namedTensors + run.preprocessing.namedTensors)
        .sorted { $0.name < $1.name }
      #expect(file.tensors == expected)
      #expect(file.metadata["prior"] == "laplace" && file.metadata["whitening"] == "zca")
      #expect(file.metadata["log_scale_range"] == "-7.0 4.0")
      #expect(file.metadata["configuration"]?.contains("latents: 20") == true)
    }
  }

  @Test func `npz and mat hold the filters and every tensor`() throws {
    try withModel(Self.cases[1].run) { run, model, folder in
      let filters = run.model.filters.elements
      let npz = try write(model, "m.npz", to: folder)[0]
      let arrays = try NPZ().entries(of: npz).filter { $0.shape != nil }
      #expect(arrays.map(\.name) == ["filters"] + model.tensors.map(\.name))
      #expect(arrays.map(\.shape) == [[20, 8, 8]] + model.tensors.map(\.shape))
      let archive = try Data(contentsOf: npz)
      #expect(archive.range(of: Data("configuration.txt".utf8)) != nil)
      #expect(archive.range(of: Data("latents: 20".utf8)) != nil)
      let mat = try write(model, "m.mat", to: folder)[0]
      let reading = ArrayReading(variable: "filters", imageAxis: .first)
      for images in [
        try NPZ().open(npz, reading: reading), try MATLAB().open(mat, reading: reading),
      ] {
        #expect(images.count == 20)
        let pixels = try (0..<images.count).flatMap { try images.image(at: $0).pixels }
        #expect(pixels == filters)
      }
    }
  }

  @Test func `a TIFF has a page of float32 for each filter`() throws {
    try withModel(Self.cases[0].run) { run, model, folder in
      let file = try write(model, "m.tiff", to: folder)[0]
      let data = try Data(contentsOf: file)
      let pages = TIFF().pages(data)
      #expect(pages.count == 20)
      for page in [0, 7, 19] {
        #expect(try TIFF().size(data, page: pages[page]) == ImageSize(height: 8, width: 8))
        let image = try TIFF().decode(data, page: pages[page], as: PixelForm())
        #expect(image.pixels == Array(run.model.filters.row(page)))
      }
    }
  }

  @Test func `equal models make equal files`() throws {
    try withModel(Self.cases[1].run) { _, model, folder in
      for exporter in ModelExporters.all {
        let options = ExportOptions(team: Self.team)
        let place = folder.appending(path: "x.\(exporter.name)")
        let one = try exporter.files(of: model, at: place, options).map(\.content)
        let other = try exporter.files(of: model, at: place, options).map(\.content)
        #expect(one == other, "\(exporter.name)")
      }
    }
  }

  @Test func `formats are found by name and by ending`() {
    #expect(ModelExporters.names == "safetensors, npz, mat, tiff, csv, onnx")
    for exporter in ModelExporters.all {
      #expect(ModelExporters.named(exporter.name)?.name == exporter.name)
      #expect(ModelExporters.forFile("a.b/c.\(exporter.name.uppercased())")?.name == exporter.name)
    }
    #expect(ModelExporters.forFile("filters.tif")?.name == "tiff")
    #expect(ModelExporters.forFile("filters") == nil && ModelExporters.named("pkl") == nil)
  }
}
