import Compute
import Distributions
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// Runs whose posteriors have exact zeros or counts.
@Suite struct AtomicRunTests {
  private let team = ThreadTeam(count: 2)

  static let cases = PosteriorFamily.allCases.flatMap { posterior in
    posterior.priorsWithAtom.map { (posterior, $0) }
  }

  private static func run(_ posterior: PosteriorFamily, _ prior: PriorFamily) -> SmallRun {
    var run = SmallRun()
    run.configuration.takeAtoms(of: posterior)
    run.configuration.model.prior = prior
    run.configuration.model.latents = 20
    return run
  }

  @Test(arguments: cases)
  func `a run resumes to the same bits, is measured, and says its zeros`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) throws {
    try withTemporaryFolder { folder in
      let small = Self.run(posterior, prior)
      try small.configuration.validate()
      let whole = try small.train(at: folder.appending(path: "whole"), threads: 2)
      let part = try small.train(at: folder.appending(path: "part"), stopAfter: 7)
      try small.resume(part, threads: 2)
      let a = try TrainedRun<SparseVAEConfiguration>(whole)
      let b = try TrainedRun<SparseVAEConfiguration>(part)
      #expect(a.model.namedTensors == b.model.namedTensors)
      #expect(a.configuration.model == small.configuration.model)
      #expect(a.configuration.training == small.configuration.training)

      let summary = try Summary(a.evaluate(team: team))
      let share = try #require(summary["zeroShare"])
      #expect((0...1).contains(share))
      #expect(summary["modeSnrDecibels"] != nil)
      #expect((summary["activeShare"] != nil) == (posterior != .poisson))
      #expect(try abs(#require(summary["l0"]) - 20 * (1 - share)) < 1e-9)

      let input = folder.appending(path: "x.npy").path
      let patches = try small.data(team: team).test.selectingRows(0..<30)
      let writer = try ArrayRowWriter(path: input, name: "x", rowShape: [64], rows: 30)
      try writer.append(patches)
      try writer.finish()
      func codes(_ form: CodeForm) throws -> Matrix {
        let output = folder.appending(path: "z.npy").path
        _ = try a.encode(
          ArrayStream(from: input, to: output), treated: true, form, team: team)
        return try #require(try ArrayRowReader(path: output).next(30))
      }
      let inference = Inference(a.model, team: team)
      var form = CodeForm()
      #expect(try codes(form) == inference.encode(patches).mean)
      form.isMode = true
      #expect(try codes(form) == inference.modes(patches))
      form = CodeForm()
      form.seed = 3
      #expect(try codes(form) == inference.sample(patches, seed: 3))
      form = CodeForm()
      form.refinement = 2
      let error = #expect(throws: RunError.self) { try codes(form) }
      #expect(error?.description.contains(prior.rawValue) == true)

      let refused = #expect(throws: RunError.self) {
        try a.likelihood(
          LikelihoodEstimation(), on: nil, OtherData(small.configuration.data.preparation),
          team: team
        ) { _, _ in }
      }
      #expect(refused?.description.contains("\(prior.rawValue) prior") == true)
      #expect(a.samples(0..<5, seed: 1, team: team).rows == 5)
    }
  }

  @Test(arguments: cases) func `an encoder in ONNX gives the codes' means`(
    _ posterior: PosteriorFamily, _ prior: PriorFamily
  ) throws {
    try withTemporaryFolder { folder in
      let small = Self.run(posterior, prior)
      let run = try small.train(at: folder.appending(path: "run"))
      let model = try ExportedModel(run)
      let file = folder.appending(path: "m.onnx")
      let files = try ONNXExporter().files(
        of: model, at: file, ExportOptions(data: nil, isTreated: true, team: team))
      let patches = try small.data(team: team).test.selectingRows(0..<9)
      let network = try ONNXInterpreter(files[0].content)
      #expect(Array(network.outputs.keys) == ["mean"])
      let found = try network.run(patches, output: "mean")
      let trained = try TrainedRun<SparseVAEConfiguration>(run)
      let expected = Inference(trained.model, team: team).encode(patches).mean
      #expect(found.count == expected.elements.count)
      for (a, b) in zip(found, expected.elements) {
        #expect(abs(a - Double(b)) < 1e-4 * (1 + abs(Double(b))))
      }
    }
  }

  @Test func `what does not go together is refused, and the message says what would`() {
    let mistakes: [(String, String, (inout SparseVAEConfiguration) -> Void)] = [
      ("model.prior is laplace", "spike-and-slab", { $0.model.posterior = .spikeAndSlab }),
      (
        "model.prior is spike-and-slab", "is smooth-spike-and-slab",
        { $0.model.prior = .spikeAndSlab }
      ),
      ("model.prior is poisson", "poisson", { $0.model.prior = .poisson }),
      (
        "model.prior is gaussian-spike-and-slab", "one of its priors: spike-and-slab",
        {
          $0.model.posterior = .thresholdedLaplace
          $0.model.prior = .gaussianSpikeAndSlab
        }
      ),
      (
        "model.likelihood is sampled", "exact",
        {
          $0.takeAtoms(of: .poisson)
          $0.model.likelihood = .sampled
        }
      ),
      (
        "training.learnsPriorScale", "false",
        {
          $0.takeAtoms(of: .poisson)
          $0.training.learnsPriorScale = true
        }
      ),
      (
        "training.learnsActiveShare", "spike-and-slab", { $0.training.learnsActiveShare = true }
      ),
      (
        "model.priorShape says activeShare", "model.activeShare",
        {
          $0.takeAtoms(of: .spikeAndSlab)
          $0.model.priorShape = ["activeShare": 0.2]
        }
      ),
      (
        "model.encoder.mean", "none",
        {
          $0.takeAtoms(of: .spikeAndSlab)
          $0.model.encoder = .geadah
        }
      ),
      ("model.activeShare is 0", "more than 0", { $0.model.activeShare = 0 }),
      ("model.activeShare is 1", "less than 1", { $0.model.activeShare = 1 }),
      ("model.spikeSize is 0", "0", { $0.model.spikeSize = 0 }),
      ("model.spikeSize is -1", "0", { $0.model.spikeSize = -1 }),
    ]
    for (problem, remedy, change) in mistakes {
      var configuration = SparseVAEConfiguration()
      change(&configuration)
      let error = #expect(throws: RunError.self, "\(problem)") { try configuration.validate() }
      let text = error?.description ?? ""
      #expect(text.contains(problem) && text.contains(remedy), "\(problem): \(text)")
    }
  }

  @Test(arguments: PosteriorFamily.allCases.filter(\.hasAtom))
  func `a posterior alone brings the defaults that it goes with`(
    _ posterior: PosteriorFamily
  ) throws {
    for kind in PatchKind.allCases {
      var given = SparseVAEConfiguration.defaults(for: kind)
      given.model.posterior = posterior
      var configuration = try given.base(for: kind)
      configuration.model.posterior = posterior
      #expect(throws: Never.self) { try configuration.validate() }
      // As its prior alone does.
      given.model.posterior = SparseVAEConfiguration.defaults(for: kind).model.posterior
      for prior in posterior.priorsWithAtom {
        given.model.prior = prior
        configuration = try given.base(for: kind)
        configuration.model.prior = prior
        #expect(throws: Never.self) { try configuration.validate() }
      }
    }
  }
}
