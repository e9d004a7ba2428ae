import Compute
import Distributions
import Testing

@testable import LatentVariableModels

@Suite struct RecognitionNetworkTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var network: RecognitionNetwork
    /// The shapes of all weights as PyTorch would have them.
    var shapes: [String: [Int]]
    var testDescription: String { "\(network)" }
  }

  static let cases = [
    Case(
      network: .trunk([]),
      shapes: ["encoder.mean.weight": [7, 10], "encoder.log_scale.weight": [7, 10]]),
    Case(
      network: .trunk([33, 40]),
      shapes: [
        "encoder.trunk.0.weight": [33, 10], "encoder.trunk.1.weight": [40, 33],
        "encoder.mean.weight": [7, 40], "encoder.log_scale.weight": [7, 40],
      ]),
    Case(
      network: .branches(trunk: [12], mean: [5, 6], logScale: [34, 9]),
      shapes: [
        "encoder.trunk.0.weight": [12, 10],
        "encoder.mean.0.weight": [5, 12], "encoder.log_scale.0.weight": [34, 12],
        "encoder.mean.1.weight": [6, 5], "encoder.log_scale.1.weight": [9, 34],
        "encoder.mean.2.weight": [7, 6], "encoder.log_scale.2.weight": [7, 9],
      ]),
  ]

  static func model(_ network: RecognitionNetwork) -> SparseVAE {
    SparseVAE(
      ModelConfiguration(
        pixels: 10, latents: 7, network: network, prior: LaplacePrior(scale: 0.2),
        noiseLogScale: -0.7), seed: 3)
  }

  @Test(arguments: cases) func `layers have the names and shapes that PyTorch gives`(_ test: Case) {
    let tensors = Self.model(test.network).namedTensors.filter { $0.name.hasPrefix("encoder.") }
    let weights = tensors.filter { $0.name.hasSuffix("weight") }
    #expect(
      Dictionary(uniqueKeysWithValues: weights.map { ($0.name, $0.shape) }) == test.shapes)
    for weight in weights {
      let bias = tensors.first { $0.name == weight.name.replacing("weight", with: "bias") }
      #expect(bias?.shape == [weight.shape[0]], "\(weight.name)")
      let bound = 1 / Float(weight.shape[1]).squareRoot()
      #expect(weight.elements.allSatisfy { abs($0) <= bound }, "\(weight.name)")
    }
  }

  @Test(arguments: cases) func `encoding equals the layers applied one by one`(_ test: Case) {
    let model = Self.model(test.network)
    let tensors = Dictionary(
      uniqueKeysWithValues: model.namedTensors.map { ($0.name, $0.elements) })
    func dense(_ name: String, _ x: [Double], rectified: Bool) -> [Double] {
      let weight = tensors["\(name).weight"] ?? []
      let bias = tensors["\(name).bias"] ?? []
      return bias.indices.map { output in
        let sum = x.indices.reduce(Double(bias[output])) {
          $0 + Double(weight[output * x.count + $1]) * x[$1]
        }
        return rectified ? max(0, sum) : sum
      }
    }
    var random = RandomStream(seed: 4, purpose: .patchSampling)
    // Not a multiple of 32.
    let patches = Matrix(
      rows: 37, columns: 10, elements: (0..<370).map { _ in Float(random.normal()) })
    let posteriors = Inference(model, team: ThreadTeam(count: 2)).encode(patches)
    for row in 0..<patches.rows {
      var x = patches.row(row).map(Double.init)
      let heads: [[Double]]
      switch test.network {
      case .trunk(let widths):
        for level in widths.indices { x = dense("encoder.trunk.\(level)", x, rectified: true) }
        heads = ["mean", "log_scale"].map { dense("encoder.\($0)", x, rectified: false) }
      case .branches(let trunk, let mean, _):
        for level in trunk.indices { x = dense("encoder.trunk.\(level)", x, rectified: true) }
        heads = ["mean", "log_scale"].map { head in
          (0...mean.count).reduce(x) {
            dense("encoder.\(head).\($1)", $0, rectified: $1 < mean.count)
          }
        }
      }
      for k in 0..<7 {
        #expect(isClose(Double(posteriors.mean[row, k]), heads[0][k], 1e-5))
        #expect(isClose(Double(posteriors.logScale[row, k]), heads[1][k], 1e-5))
      }
    }
  }

  @Test(arguments: cases) func `tensors that were loaded give the same model`(_ test: Case) throws {
    let model = Self.model(test.network)
    var other = SparseVAE(model.configuration, seed: 99)
    #expect(other.namedTensors != model.namedTensors)
    try other.load(model.namedTensors.reversed())
    #expect(other.namedTensors == model.namedTensors)
  }

  @Test func `loading names the tensor that is missing or of another shape`() {
    var model = Self.model(.trunk([33]))
    let before = model.namedTensors
    let missing = before.filter { $0.name != "encoder.trunk.0.bias" }
    let first = #expect(throws: TensorMismatch.self) { () throws in try model.load(missing) }
    #expect(first?.description == "the tensor encoder.trunk.0.bias is missing")
    let second = #expect(throws: TensorMismatch.self) {
      () throws in try model.load(Self.model(.trunk([34])).namedTensors)
    }
    #expect(
      second?.description
        == "the tensor encoder.trunk.0.weight has shape [34, 10], this model's has [33, 10]")
    #expect(model.namedTensors == before, "a load that fails changes nothing")
  }

  @Test func `log scales stay within the model's range`() {
    var configuration = Self.model(.trunk([])).configuration
    configuration.logScaleRange = -0.05...0.02
    let patches = Matrix(rows: 3, columns: 10, repeating: 2)
    let found = Inference(SparseVAE(configuration, seed: 3), team: ThreadTeam(count: 1))
      .encode(patches).logScale.elements
    #expect(found.allSatisfy { (-0.05...0.02).contains($0) })
    #expect(found.contains(-0.05) && found.contains(0.02))
  }

  @Test func `an evaluation holds what encoding and decoding give, on any number of threads`() {
    let model = SparseVAE(Self.model(.trunk([33])).configuration, seed: 3)
    var random = RandomStream(seed: 4, purpose: .evaluation)
    let patches = Matrix(
      rows: 1100, columns: 10, elements: (0..<11_000).map { _ in Float(random.normal()) })
    let one = Inference(model, team: ThreadTeam(count: 1))
    let evaluation = one.evaluate(patches)
    let posteriors = one.encode(patches)
    #expect(evaluation.posteriors.mean == posteriors.mean)
    #expect(evaluation.posteriors.logScale == posteriors.logScale)
    let decoded = one.decode(posteriors.mean)
    for (found, expected) in zip(evaluation.reconstructions.elements, decoded.elements) {
      #expect(abs(found - expected) < 1e-5)
    }
    let three = Inference(model, team: ThreadTeam(count: 3)).evaluate(patches)
    #expect(three.reconstructions == evaluation.reconstructions)
    #expect(three.divergence == evaluation.divergence)
    #expect(three.idleDivergence == evaluation.idleDivergence)
    #expect(three.negativeLogLikelihood == evaluation.negativeLogLikelihood)
  }
}
