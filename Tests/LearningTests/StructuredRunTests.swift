import Compute
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// Runs with a structured posterior and a contrast, from their settings to their codes.
@Suite(.serialized) struct StructuredRunTests {
  private static let team = ThreadTeam(count: 2)

  private static func run(refinements: Int = 0) -> SmallRun {
    var run = SmallRun()
    run.configuration.model.posterior = .structured
    run.configuration.model.contrast = true
    run.configuration.model.refinements = refinements
    run.configuration.training.structuredFrom = 0.5
    run.configuration.training.learnsPriorScale = true
    run.configuration.training.priorScaleUpdate = .empiricalBayes
    return run
  }

  @Test func `what belongs to a structured posterior is refused without one`() {
    let mistakes: [(words: String, change: (inout SparseVAEConfiguration) -> Void)] = [
      ("model.contrast is true", { $0.model.contrast = true }),
      ("model.refinements is 2", { $0.model.refinements = 2 }),
      ("training.structuredFrom is 0.5", { $0.training.structuredFrom = 0.5 }),
      (
        "the prior is cauchy",
        {
          $0.model.posterior = .structured
          $0.model.contrast = true
          $0.model.prior = .cauchy
        }
      ),
      (
        "model.likelihood is sampled",
        {
          $0.model.posterior = .structured
          $0.model.likelihood = .sampled
        }
      ),
    ]
    for (words, change) in mistakes {
      var configuration = SparseVAEConfiguration()
      change(&configuration)
      let error = #expect(throws: RunError.self) { try configuration.validate() }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }

  /// Whatever one setting is given, the defaults around it go with it.
  @Test func `defaults follow what is asked for`() throws {
    let changes: [(inout SparseVAEConfiguration) -> Void] = [
      { _ in },
      { $0.model.posterior = .laplace },
      { $0.model.posterior = .gaussian },
      { $0.model.likelihood = .sampled },
      { $0.model.prior = .cauchy },
      { $0.training.learnsPriorScale = false },
      { $0.training.structuredFrom = 0 },
      { $0.training.structuredFrom = 0.5 },
      { $0.model.contrast = false },
      { $0.model.latents = 5000 },
    ]
    for kind in PatchKind.allCases {
      for (index, change) in changes.enumerated() {
        var given = SparseVAEConfiguration.defaults(for: .cut)
        change(&given)
        var configuration = try given.base(for: kind)
        // Small images have independent latents, which have no share to begin at.
        if kind == .whole, [6, 7].contains(index) { configuration.model.posterior = .structured }
        change(&configuration)
        #expect(throws: Never.self, "\(kind) \(index)") { try configuration.validate() }
      }
    }
    var given = SparseVAEConfiguration.defaults(for: .cut)
    given.training.structuredFrom = 0.5
    #expect(try given.base(for: .cut).training.scalesFrom == 0.5)
    // A step of which would take a minute.
    given.model.latents = 5000
    #expect(try given.base(for: .cut).model.posterior == .gaussian)
  }

  @Test func `a run is measured, and its codes are what its posterior says`() throws {
    try withTemporaryFolder { folder in
      let run = try TrainedRun<SparseVAEConfiguration>(
        Self.run().train(at: folder.appending(path: "run")))
      let model = run.model
      #expect(model.configuration.posterior == .structured)
      #expect(model.contrast != nil && model.contrast != 0.5)
      let patches = try Self.run().data(team: Self.team).test.selectingRows(0..<50)
      let inference = Inference(model, team: Self.team)
      let found = inference.evaluate(patches)
      let plain = Inference(model.with(posterior: .gaussian), team: Self.team).evaluate(patches)
      func negativeELBO(_ evaluation: Inference.Evaluation) -> Double {
        evaluation.negativeLogLikelihood + evaluation.jointDivergence
          + evaluation.divergence.elements.reduce(0) { $0 + Double($1) } / 50
      }
      #expect(negativeELBO(found) < negativeELBO(plain))

      func codes(_ form: CodeForm) throws -> Matrix {
        let input = folder.appending(path: "x.npy").path
        let writer = try ArrayRowWriter(path: input, name: "x", rowShape: [64], rows: 50)
        try writer.append(patches)
        try writer.finish()
        let output = folder.appending(path: "z.npy").path
        _ = try run.encode(
          ArrayStream(from: input, to: output), treated: true, form, team: Self.team)
        return try #require(try ArrayRowReader(path: output).next(50))
      }
      var form = CodeForm()
      form.logScales = true
      form.contrast = true
      let all = try codes(form)
      #expect(all.columns == 42)
      for row in 0..<50 {
        #expect(
          Array(all.row(row)[all.row(row).startIndex...].prefix(20))
            == Array(found.posteriors.mean.row(row)))
        #expect(
          Array(all.row(row).suffix(2)) == found.posteriors.contrast.map { Array($0.row(row)) })
      }
      form = CodeForm()
      form.seed = 4
      #expect(try codes(form) == inference.sample(patches, seed: 4))
      #expect(try codes(form) != found.posteriors.mean)
    }
  }

  @Test func `a patch's most probable code is sought under its own contrast`() throws {
    try withTemporaryFolder { folder in
      let run = try TrainedRun<SparseVAEConfiguration>(
        Self.run().train(at: folder.appending(path: "run")))
      let patches = try Self.run().data(team: Self.team).test.selectingRows(0..<20)
      let mode = try PosteriorMode(run.model, team: Self.team)
      let inference = Inference(run.model, team: Self.team)
      let posteriors = inference.encode(patches)
      let codes = posteriors.mean
      let inverses = try #require(posteriors.inverseContrasts)
      func objectives(_ codes: Matrix) -> [Double] {
        let decoded = inference.decode(codes)
        return (0..<20).map { row in
          let error = zip(patches.row(row), decoded.row(row)).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
          }
          let size = codes.row(row).reduce(0.0) { $0 + Double(abs($1)) }
          return error / (2 * run.model.noiseVariance) + size * Double(inverses[row])
            / run.model.priorScale
        }
      }
      for (found, expected) in zip(mode.objectives(of: codes, patches: patches), objectives(codes))
      {
        #expect(abs(found - expected) < 1e-4 * abs(expected))
      }
      let best = mode.minimum(from: codes, patches: patches)
      let least = objectives(best)
      for (moved, row) in zip(least, 0..<20) {
        // Nothing nearby is better.
        for factor in [0.99, 1.01] as [Float] {
          var other = best
          for latent in 0..<other.columns { other[row, latent] *= factor }
          #expect(objectives(other)[row] >= moved - 1e-4 * abs(moved))
        }
      }
    }
  }

  @Test func `a refined posterior is no graph, and the error says what to do`() throws {
    try withTemporaryFolder { folder in
      let trained = try Self.run(refinements: 1).train(at: folder.appending(path: "run"))
      let exporter = try #require(ModelExporters.forFile("m.onnx"))
      let error = #expect(throws: RunError.self) {
        try ExportedModel(TrainedRun<SparseVAEConfiguration>(trained)).write(
          as: exporter, to: folder.appending(path: "m.onnx"),
          ExportOptions(data: nil, isTreated: true, team: Self.team))
      }
      #expect(error?.description.contains("svae encode") == true)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "m.onnx").path))
    }
  }
}
