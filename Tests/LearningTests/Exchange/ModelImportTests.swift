import Compute
import Distributions
import Filters
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// PyTorch's state dicts become runs that compute the same.
@Suite(.serialized) struct ModelImportTests {
  static let team = ThreadTeam(count: 2)

  func `import`(
    _ model: PublishedModel, _ options: ModelImport.Options = ModelImport.Options()
  ) throws -> ModelImport {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.safetensors")
      try model.write(to: file)
      return try ModelImport(contentsOf: file, options, team: Self.team)
    }
  }

  /// Checks that the model computes what the network does.
  func expectSame(_ model: SparseVAE, _ published: PublishedModel) {
    let patches = PublishedModel.patches(50)
    let posteriors = Inference(model, team: Self.team).encode(patches)
    let expected = published.encode(patches)
    for (found, expected) in [
      (posteriors.mean.elements, expected.mean), (posteriors.logScale.elements, expected.logScale),
    ] {
      let worst = zip(found, expected).map { abs(Double($0) - $1) / max(1, abs($1)) }.max()
      #expect((worst ?? 1) < 1e-5 && found.count == expected.count)
    }
    let decoded = Inference(model, team: Self.team).decode(posteriors.mean)
    for row in 0..<50 {
      let codes = posteriors.mean.row(row).map(Double.init)
      for (x, y) in zip(decoded.row(row), published.linear("Phi", codes)) {
        #expect(abs(Double(x) - y) < 1e-5 * max(1, abs(y)))
      }
    }
  }

  @Test func `a published model computes as in PyTorch`() throws {
    let published = PublishedModel()
    let model = try `import`(published)
    expectSame(model.model, published)
    #expect(model.configuration.model.encoder.trunk == [6])
    #expect(model.configuration.model.encoder.mean == [5, 4])
    #expect(model.configuration.model.encoder.logScale == [7, 8])
    #expect(model.configuration.model.latents == 9)
    #expect(model.configuration.model.constraint == .none)
    #expect(model.preprocessing == .untreated(patchHeight: 4, patchWidth: 4))
    // What the file does not tell is taken as published, and said.
    #expect(model.model.priorScale == 1 && model.configuration.model.prior == .laplace)
    #expect(abs(model.model.noiseVariance - exp(-2)) < 1e-6)
    #expect(model.notes.count == 4)
  }

  @Test func `an imported run is a run`() throws {
    try withTemporaryFolder { folder in
      let published = PublishedModel()
      let made = try `import`(published).write(to: folder.appending(path: "run"))
      let run = try TrainedRun<SparseVAEConfiguration>(RunFolder(existing: made.url))
      expectSame(run.model, published)
      #expect(run.preprocessing.scale == 1)
      let evaluation = try run.evaluate(team: Self.team)
      #expect(evaluation.posterior?.negativeELBO.isFinite == true)
      try run.writeFilters(
        to: folder.appending(path: "f.png").path, order: .norm, team: Self.team)
      // Φ's columns are the filters.
      let phi = try #require(published.tensors["Phi.weight"]).elements
      #expect(run.model.filters[3, 5] == phi[5 * 9 + 3])

      let data = try DataSet(.open(path: nil), run.configuration.data.preparation, team: Self.team)
      let before = try Data(contentsOf: made.modelFile)
      let error = #expect(throws: RunError.self) {
        _ = try Run(resuming: made, run.configuration, data: data, team: Self.team)
      }
      #expect(error?.description.contains("an imported model cannot be trained further") == true)
      #expect(try Data(contentsOf: made.modelFile) == before)
    }
  }

  @Test func `the file's buffers are taken, and options go before them`() throws {
    var published = PublishedModel()
    published.add("prior", []) { 3 }
    published.add("prior_scale", []) { 0.5 }
    published.add("likelihood_scale", []) { 0.25 }
    published.add("collapse_epsilon", []) { 0.1 }
    let model = try `import`(published)
    #expect(model.configuration.model.prior == .cauchy)
    #expect(abs(model.model.priorScale - 0.5) < 1e-6)
    #expect(abs(model.model.noiseVariance - 0.0625) < 1e-7)
    #expect(model.notes.count == 1)
    var options = ModelImport.Options()
    options.prior = .horseshoe
    options.priorScale = 2
    options.noiseScale = 0.5
    options.posterior = .laplace
    let other = try `import`(published, options)
    #expect(other.configuration.model.prior == .horseshoe)
    #expect(other.configuration.model.posterior == .laplace)
    #expect(abs(other.model.priorScale - 2) < 1e-6)
    #expect(abs(other.model.noiseVariance - 0.25) < 1e-6)
  }

  @Test func `filters as rows are turned, and a missing bias is zero`() throws {
    let published = PublishedModel()
    var turned = published
    let phi = try #require(published.tensors["Phi.weight"])
    turned.tensors["Phi.weight"] = nil
    turned.tensors["Phi"] = NamedTensor(
      name: "Phi", shape: [9, 16],
      elements: (0..<144).map { phi.elements[$0 % 16 * 9 + $0 / 16] })
    expectSame(try `import`(turned).model, published)

    var unbiased = published
    unbiased.tensors["Phi.bias"] = nil
    #expect(try `import`(unbiased).model.bias == [Float](repeating: 0, count: 16))
  }

  @Test(arguments: [true, false], [true, false])
  func `weight normalisation is multiplied out`(_ isByRow: Bool, _ isNew: Bool) throws {
    let published = PublishedModel()
    var normed = published
    let phi = try #require(published.tensors["Phi.weight"]).elements
    // A direction of any length, and the gain that makes it Φ.
    func group(_ index: Int) -> Int { isByRow ? index / 9 : index % 9 }
    let groups = isByRow ? 16 : 9
    var gains = [Float](repeating: 0, count: groups)
    for (index, value) in phi.enumerated() { gains[group(index)] += value * value }
    gains = gains.map { $0.squareRoot() }
    let names =
      isNew
      ? ["Phi.parametrizations.weight.original0", "Phi.parametrizations.weight.original1"]
      : ["Phi.weight_g", "Phi.weight_v"]
    normed.tensors["Phi.weight"] = nil
    normed.tensors[names[0]] = NamedTensor(
      name: names[0], shape: isByRow ? [16, 1] : [1, 9], elements: gains)
    normed.tensors[names[1]] = NamedTensor(
      name: names[1], shape: [16, 9],
      elements: phi.enumerated().map { $1 * Float(group($0) + 1) })
    expectSame(try `import`(normed).model, published)
  }

  @Test func `names that were left out for sharing memory are found`() throws {
    let published = PublishedModel()
    var shared = published
    for (index, name) in ["fc1", "fc21", "fc22", "fc31", "fc32", "fc41", "fc42"].enumerated() {
      for part in ["weight", "bias"] {
        shared.rename("\(name).\(part)", "_encoder.\(index).\(part)")
        shared.metadata["\(name).\(part)"] = "_encoder.\(index).\(part)"
      }
    }
    shared.metadata["_decoder.0.weight"] = "Phi.weight"
    expectSame(try `import`(shared).model, published)
  }

  @Test func `layers of other names are told by their roles`() throws {
    let published = PublishedModel()
    var other = published
    let names = [
      ("fc1", "trunk.0", "enc"), ("fc21", "mean.0", "a"), ("fc31", "mean.1", "b.c"),
      ("fc41", "mean.2", "mu"), ("fc22", "log-scale.0", "d"), ("fc32", "log-scale.1", "e"),
      ("fc42", "log-scale.2", "s"), ("Phi", "decoder", "out.0"),
    ]
    var options = ModelImport.Options()
    for (old, role, new) in names {
      for part in ["weight", "bias"] { other.rename("\(old).\(part)", "\(new).\(part)") }
      options.layers[role] = new
    }
    expectSame(try `import`(other, options).model, published)
    // Only what differs needs to be told.
    var partly = published
    for part in ["weight", "bias"] { partly.rename("Phi.\(part)", "dictionary.\(part)") }
    var one = ModelImport.Options()
    one.layers = ["decoder": "dictionary"]
    expectSame(try `import`(partly, one).model, published)
    one.layers = ["mean.1": "fc31", "mean.0": "fc21", "decoder": "dictionary"]
    #expect(throws: RunError.self) { _ = try `import`(partly, one) }
    one.layers = ["mean.1": "fc31"]
    let gap = #expect(throws: RunError.self) { _ = try `import`(published, one) }
    #expect(gap?.description.contains("expected each layer once, from mean.0 on") == true)
  }

  @Test func `a network without branches becomes a trunk`() throws {
    var model = PublishedModel()
    model.tensors = [:]
    for (name, outputs, inputs) in [
      ("fc1", 12, 16), ("fc2", 6, 12), ("fc31", 9, 6), ("fc32", 9, 6), ("Phi", 16, 9),
    ] {
      model.add("\(name).weight", [outputs, inputs]) { 0.25 }
      model.add("\(name).bias", [outputs]) { 0.5 }
    }
    let made = try `import`(model)
    #expect(made.configuration.model.encoder == .init(trunk: [12, 6]))
  }

  @Test func `data give the treatment of patches and the test split`() throws {
    try withTemporaryFolder { folder in
      var random = RandomStream(seed: 3, purpose: .evaluation)
      let file = folder.appending(path: "patches.npy")
      try NumPyArray(
        shape: [400, 4, 4], elements: (0..<6400).map { _ in Float(3 + 2 * random.normal()) }
      ).write(to: file)
      var options = ModelImport.Options()
      options.data = file.path
      options.whitening = .zca
      let model = try `import`(PublishedModel(), options)
      #expect(model.preprocessing.components != nil && model.preprocessing.kind == .whole)
      #expect(model.configuration.data.source == file.path)
      let made = try model.write(to: folder.appending(path: "run"))
      #expect(try TrainedRun<SparseVAEConfiguration>(made).evaluate(team: Self.team).patches > 10)

      let other = folder.appending(path: "other.npy")
      try NumPyArray(
        shape: [40, 5, 5], elements: (0..<1000).map { _ in Float(random.normal()) }
      ).write(to: other)
      options.data = other.path
      let error = #expect(throws: RunError.self) { _ = try `import`(PublishedModel(), options) }
      let text = error?.description ?? ""
      #expect(
        text.contains("other.npy: has patches of 5 × 5 pixels; the network takes 16"), "\(text)")
    }
  }
}
