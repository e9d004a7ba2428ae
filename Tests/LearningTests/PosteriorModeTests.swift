import Compute
import Distributions
import Foundation
import ImageData
import LatentVariableModels
import SparseCoding
import TestSupport
import Testing

@testable import Learning

@Suite struct PosteriorModeTests {
  private let team = ThreadTeam(count: 2)

  /// A model that has not learned, with a bias in its decoder, and patches.
  private func model(_ prior: PriorFamily) throws -> (SparseVAE, Matrix) {
    var configuration = SmallRun().configuration
    configuration.model.prior = prior
    configuration.model.priorScale = 0.3
    configuration.model.noiseLogScale = -0.5
    var model = SparseVAE(try configuration.modelConfiguration(pixels: 64), seed: 3)
    let tensors = model.namedTensors.map { tensor in
      var tensor = tensor
      if tensor.name == "decoder.bias" {
        tensor.elements = tensor.elements.indices.map { Float($0 % 7) / 10 }
      }
      return tensor
    }
    try model.load(tensors)
    #expect(model.bias[6] == 0.6)
    var random = RandomStream(seed: 1, purpose: .evaluation)
    let patches = Matrix(
      rows: 40, columns: 64, elements: (0..<40 * 64).map { _ in Float(random.normal()) })
    return (model, patches)
  }

  private static let priors = PriorFamily.allCases.filter {
    $0 != .horseshoe && !$0.hasAtom
  }

  @Test(arguments: priors)
  func `refinement begins at the code, falls with every step, and ends at the minimum`(
    prior: PriorFamily
  ) throws {
    let (model, patches) = try model(prior)
    let mode = try PosteriorMode(model, team: team)
    let codes = Inference(model, team: team).encode(patches).mean
    #expect(mode.refined(codes, patches: patches, steps: 0) == codes)
    var last = mode.objectives(of: codes, patches: patches)
    for steps in [1, 2, 5, 10, 100, 300] {
      let refined = mode.refined(codes, patches: patches, steps: steps)
      let objectives = mode.objectives(of: refined, patches: patches)
      for (row, (now, before)) in zip(objectives, last).enumerated() {
        #expect(now <= before + 1e-4 * abs(before), "\(prior): patch \(row) after \(steps)")
      }
      last = objectives
    }
    let best = mode.objectives(of: mode.minimum(from: codes, patches: patches), patches: patches)
    let (found, least) = (last.reduce(0, +), best.reduce(0, +))
    #expect(abs(found - least) < 1e-3 * abs(least), "\(prior): \(found), \(least)")
  }

  @Test(arguments: priors)
  func `the objective is −log p(x, z) up to a constant`(prior: PriorFamily) throws {
    let (model, patches) = try model(prior)
    let mode = try PosteriorMode(model, team: team)
    let codes = Inference(model, team: team).encode(patches).mean
    let density = model.prior
    let reconstructions = Inference(model, team: team).decode(codes)
    let differences = zip(0..<patches.rows, mode.objectives(of: codes, patches: patches)).map {
      row, objective in
      let error = zip(patches.row(row), reconstructions.row(row)).reduce(0.0) {
        $0 + pow(Double($1.0) - Double($1.1), 2)
      }
      let prior = codes.row(row).reduce(0.0) { $0 + density.logDensity(Double($1)) }
      return error / (2 * model.noiseVariance) - prior - objective
    }
    let spread = (differences.max() ?? 0) - (differences.min() ?? 0)
    #expect(spread < 1e-3, "\(prior): \(spread)")
  }

  @Test func `no code of a horseshoe is the most probable`() throws {
    let (model, patches) = try model(.horseshoe)
    #expect(throws: RunError.self) { try PosteriorMode(model, team: team) }
    #expect(AmortizationGap(model, on: patches, team: team) == nil)
  }

  @Test func `the gap starts at the encoder and closes`() throws {
    let (model, patches) = try model(.laplace)
    let gap = try #require(AmortizationGap(model, on: patches, team: team))
    #expect(gap.refined.map(\.steps) == AmortizationGap.steps)
    #expect(gap.gap > 0)
    let last = try #require(gap.refined.last).objective
    #expect(abs(last - gap.optimum.objective) < 1e-4 * gap.optimum.objective)
    // Patches without codes are explained by the bias alone.
    #expect(try #require(gap.fromZero.first).l0 == 0)
  }

  @Test func `a stream's codes are refined from the posterior means`() throws {
    try withTemporaryFolder { folder in
      let run = try TrainedRun<SparseVAEConfiguration>(
        SmallRun().train(at: folder.appending(path: "run")))
      let patches = Matrix(
        rows: 5, columns: 64, elements: (0..<320).map { Float($0 % 11) / 5 - 1 })
      let input = folder.appending(path: "x.npy").path
      let writer = try ArrayRowWriter(path: input, name: "x", rowShape: [64], rows: 5)
      try writer.append(patches)
      try writer.finish()
      func codes(_ refinement: Int) throws -> Matrix {
        let output = folder.appending(path: "z\(refinement).npy").path
        var form = CodeForm()
        form.refinement = refinement
        _ = try run.encode(
          ArrayStream(from: input, to: output), treated: true, form, team: team)
        let reader = try ArrayRowReader(path: output)
        return try #require(try reader.next(5))
      }
      let plain = Inference(run.model, team: team).encode(patches).mean
      #expect(try codes(0) == plain)
      let mode = try PosteriorMode(run.model, team: team)
      #expect(try codes(3) == mode.refined(plain, patches: patches, steps: 3))
    }
  }
}

@Suite struct EqualSparsityTests {
  @Test func `with orthonormal filters the largest codes are kept, and their energy`() {
    let team = ThreadTeam(count: 2)
    let patches = Matrix(rows: 1, columns: 4, elements: [3, -2, 1, 0.5])
    let filters = Matrix(
      rows: 4, columns: 4,
      elements: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    // Shrunken codes are refitted.
    let codes = Matrix(rows: 1, columns: 4, elements: [1, -0.5, 0.1, 0])
    let problem = SparseCodingProblem(dictionary: filters, sparsity: 0)
    let kept = problem.refitted(codes, keeping: 2, patches: patches, team: team)
    #expect(zip(kept.elements, [3, -2, 0, 0]).allSatisfy { abs($0 - $1) < 1e-4 })
    let all = problem.refitted(codes, keeping: 9, patches: patches, team: team)
    #expect(zip(all.elements, [3, -2, 1, 0]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `more codes explain more, and the decoder's bias explains for nothing`() throws {
    let team = ThreadTeam(count: 1)
    var random = RandomStream(seed: 2, purpose: .evaluation)
    func noise(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(
        rows: rows, columns: columns,
        elements: (0..<rows * columns).map { _ in Float(random.normal()) })
    }
    let (filters, patches, codes) = (noise(30, 25), noise(20, 25), noise(20, 30))
    let plain = EqualSparsity.measured(
      AffineModel(filters: filters), codes: codes, patches: patches, team: team)
    #expect(plain.map(\.count) == EqualSparsity.counts)
    #expect(zip(plain, plain.dropFirst()).allSatisfy { $0.snrDecibels < $1.snrDecibels })
    let bias = (0..<25).map { Float($0) / 5 }
    var shifted = patches
    shifted.addToRows(bias)
    let same = EqualSparsity.measured(
      AffineModel(filters: filters, bias: bias), codes: codes, patches: shifted, team: team)
    func error(_ snr: Double, _ patches: Matrix) -> Double {
      patches.elements.reduce(0.0) { $0 + Double($1 * $1) } / pow(10, snr / 10)
    }
    for (a, b) in zip(plain, same) {
      let (first, second) = (error(a.snrDecibels, patches), error(b.snrDecibels, shifted))
      #expect(abs(first - second) < 1e-3 * first)
    }
  }
}

/// x̂ = Φᵀz + b, with whatever codes one has.
private struct AffineModel: LearnedModel {
  let filters: Matrix
  var bias: [Float] = []
  let tensors: [NamedTensor] = []

  func encoder(team: ThreadTeam) -> (Matrix) -> Matrix { { $0 } }

  func reconstructions(of codes: Matrix) -> Matrix {
    var patches = LinearAlgebra.product(codes, filters)
    if !bias.isEmpty { patches.addToRows(bias) }
    return patches
  }
}
