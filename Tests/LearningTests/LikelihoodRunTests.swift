import Compute
import Foundation
import LatentVariableModels
import TestSupport
import Testing

@testable import Learning

/// −log p(x) of runs: bounds, gaps, and a measurement that goes on.
@Suite(.serialized) struct LikelihoodRunTests {
  private static let team = ThreadTeam(count: 2)

  /// A short run, trained in `folder`.
  private static func trained(
    in folder: URL, _ change: (inout SparseVAEConfiguration) -> Void
  ) throws -> TrainedRun<SparseVAEConfiguration> {
    var run = SmallRun()
    change(&run.configuration)
    return try TrainedRun(run.train(at: folder.appending(path: "run")))
  }

  private static func structured(_ configuration: inout SparseVAEConfiguration) {
    configuration.model.posterior = .structured
    configuration.model.contrast = true
    configuration.training.structuredFrom = 0.5
    configuration.training.learnsPriorScale = true
    configuration.training.priorScaleUpdate = .empiricalBayes
  }

  private static func estimation(_ bound: LikelihoodBound = .ais) -> LikelihoodEstimation {
    var estimation = LikelihoodEstimation()
    estimation.bound = bound
    estimation.patches = 40
    estimation.simulatedPatches = 8
    estimation.samples = 200
    estimation.sampling.temperatures = 100
    return estimation
  }

  private static func measured(
    _ run: TrainedRun<SparseVAEConfiguration>, _ estimation: LikelihoodEstimation,
    threads: Int = 2, notice: @escaping (String) -> Void = { _ in },
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> LikelihoodEstimate {
    try run.likelihood(
      estimation, on: nil, OtherData(run.configuration.data.preparation),
      team: ThreadTeam(count: threads), notice: notice, progress: progress)
  }

  @Test(arguments: ["contrast", "gaussian prior", "independent", "laplace", "cauchy"])
  func `bounds are in order, and gaps add up`(_ kind: String) throws {
    try withTemporaryFolder { folder in
      let run = try Self.trained(in: folder) {
        switch kind {
        case "contrast": Self.structured(&$0)
        case "gaussian prior":
          Self.structured(&$0)
          $0.model.prior = .gaussian
          $0.model.contrast = false
        case "laplace": $0.model.posterior = .laplace
        case "cauchy": $0.model.prior = .cauchy
        default: $0.model.posterior = .gaussian
        }
      }
      let ais = try Self.measured(run, Self.estimation())
      #expect(try ais == Self.measured(run, Self.estimation(), threads: 1))
      let iwae = try Self.measured(run, Self.estimation(.iwae))
      let elbo = try Self.measured(run, Self.estimation(.elbo))
      #expect(ais.patches == 40 && ais.chains == 16 && ais.temperatures == 100)
      let gap = try #require(ais.bracketGap)
      #expect(gap < 1 && gap > -0.3, "\(ais)")
      #expect(ais.negativeLogEvidence < iwae.negativeLogEvidence + gap + 0.1, "\(ais), \(iwae)")
      // Of a Cauchy prior the ELBO is estimated from samples.
      let noise = kind == "cauchy" ? 6.0 : 0.01
      #expect(iwae.negativeLogEvidence < elbo.negativeLogEvidence + noise, "\(iwae), \(elbo)")
      #expect(abs(elbo.negativeLogEvidence - elbo.negativeElbo) < max(1e-3, noise - 0.01))
      if let amortization = ais.amortizationGap {
        #expect(amortization > -0.05, "\(ais)")
        let sum =
          ais.negativeLogEvidence + amortization + (ais.independenceGap ?? 0)
          + (ais.remainingGap ?? .nan)
        #expect(abs(sum - ais.negativeElbo) < 1e-9)
        #expect((ais.remainingGap ?? -1) > -gap - 0.1, "\(ais)")
      } else {
        #expect(kind == "cauchy" && ais.notes["amortizationGap"] != nil)
      }
      let hasIndependent = ["independent", "laplace"].contains(kind)
      #expect((ais.independenceGap != nil) == hasIndependent)
      #expect((ais.independenceGap ?? 1) > -0.05, "\(ais)")
      #expect((ais.exact != nil) == (kind == "gaussian prior"))
      if let exact = ais.exact { #expect(abs(ais.negativeLogEvidence - exact) < 0.01, "\(ais)") }
      #expect(iwae.bracketGap == nil && iwae.table.contains("of chains alone"))
      #expect(elbo.effectiveSampleSize == nil && elbo.samples == nil)
      let keys = try [ais, iwae, elbo].map { estimate in
        let data = try Data(estimate.json().utf8)
        return Set((try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]).keys)
      }
      #expect(keys[0] == keys[1] && keys[1] == keys[2] && keys[0].contains("bracketGap"))
    }
  }

  private struct Interruption: Error {}

  /// What of a measurement is left in a run's folder.
  private func states(_ run: TrainedRun<SparseVAEConfiguration>) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: run.folder.url, includingPropertiesForKeys: nil
    ).filter { $0.lastPathComponent.hasPrefix("likelihood-") }
  }

  @Test func `a measurement that was interrupted goes on to the same bits`() throws {
    try withTemporaryFolder { folder in
      let run = try Self.trained(in: folder, Self.structured)
      let estimation = Self.estimation()
      let whole = try Self.measured(run, estimation)
      #expect(try states(run).isEmpty)
      // Within the patches, and within the simulated ones.
      for stop in [1, 41] {
        #expect(throws: Interruption.self) {
          try Self.measured(
            run, estimation, threads: 1,
            progress: { done, _ in if done >= stop { throw Interruption() } })
        }
        #expect(try states(run).count == 1)
      }
      // Other settings do not take it for theirs.
      var other = estimation
      other.sampling.seed = 5
      var notices: [String] = []
      _ = try Self.measured(run, other, notice: { notices.append($0) })
      #expect(notices.isEmpty)
      let file = try #require(states(run).first)
      let left = try Data(contentsOf: file)

      let resumed = try Self.measured(run, estimation, notice: { notices.append($0) })
      #expect(resumed == whole)
      #expect(notices.count == 1 && notices[0].contains("going on after 40 of 40"), "\(notices)")
      #expect(try states(run).isEmpty)

      // A damaged one is measured again.
      let text = String(decoding: left, as: UTF8.self)
      for damaged in [
        String(text.dropLast(30)), text.replacingOccurrences(of: "9", with: "8"), "",
      ] {
        try Data(damaged.utf8).write(to: file)
        notices = []
        #expect(try Self.measured(run, estimation, notice: { notices.append($0) }) == whole)
        #expect(notices.count == 1 && notices[0].contains("damaged"), "\(notices)")
      }
    }
  }

  @Test func `a run keeps what was measured with its record`() throws {
    try withTemporaryFolder { folder in
      let run = try Self.trained(in: folder, Self.structured)
      let measure = try #require(Measure.named("negativeLogEvidence"))
      func value() throws -> Double? {
        try measure.value(MeasuredRun(RunRecord.measured(run.folder, team: Self.team)))
      }
      #expect(try value() == nil)
      var parts = 0
      for _ in 0..<2 {
        try RunRecord.measureLikelihood(
          of: run.folder, Self.estimation(), team: Self.team, notice: { _ in },
          progress: { _, _ in parts += 1 })
      }
      let direct = try Self.measured(run, Self.estimation())
      #expect(try value() == direct.negativeLogEvidence)
      // 40 patches and 8 simulated, 32 at a time, once.
      #expect(parts == 3)
    }
  }

  @Test func `what is not finite has no likelihood`() throws {
    try withTemporaryFolder { folder in
      let run = try Self.trained(in: folder, Self.structured)
      var patches = Matrix(rows: 2, columns: 64)
      patches[1, 3] = .nan
      let error = #expect(throws: RunError.self) {
        try Self.estimation().estimate(run.model, on: patches, training: nil, team: Self.team)
      }
      #expect(error?.description.contains("patch 2 has no likelihood") == true)
    }
  }
}
