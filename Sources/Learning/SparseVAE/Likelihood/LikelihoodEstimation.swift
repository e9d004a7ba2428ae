import Compute
import Distributions
import Evaluation
import Foundation
import LatentVariableModels

/// How log p(x) is bounded from below.
public enum LikelihoodBound: String, Codable, CaseIterable, Sendable {
  /// By annealed importance sampling: closest, and the same for every posterior.
  case ais
  /// By importance sampling from the model's own posterior (IWAE).
  case iwae
  /// By the model's own posterior alone.
  case elbo
}

/// −log p(x) of a model, or a bound of it, with what tells how far to trust it.
public struct LikelihoodEstimation: Sendable {
  /// What is measured.
  public var bound = LikelihoodBound.ais
  /// Patches that are measured, the first ones.
  public var patches = 100
  /// The chains of each, for `ais`.
  public var sampling = AnnealedImportanceSampling()
  /// Patches simulated from the model, on which the chains' error is bracketed from both sides.
  public var simulatedPatches = 32
  /// Samples of each patch, for `iwae`.
  public var samples = 1000
  /// Seconds after which the state is written again.
  var interval = 5.0

  /// The defaults.
  public init() {}

  /// Measures `model` on patches as it sees them.
  ///
  /// - Parameters:
  ///   - training: patches that a Gaussian is fitted to, to compare with; nil compares with none.
  ///   - progress: told how many patches are done, of how many; what it throws ends the measuring.
  /// - Throws: a `RunError` where there are no patches, the bound is not to be had of such a
  ///   posterior, or a number is not finite.
  public func estimate(
    _ model: SparseVAE, on patches: Matrix, training: Matrix?, team: ThreadTeam,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> LikelihoodEstimate {
    var state = LikelihoodState()
    return try estimate(
      model, on: patches, training: training, &state, team: team, progress: progress)
  }

  /// The same, from where `state` stands.
  func estimate(
    _ model: SparseVAE, on patches: Matrix, training: Matrix?, _ state: inout LikelihoodState,
    team: ThreadTeam, progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> LikelihoodEstimate {
    let shown = try shown(patches)
    let target = EvidenceTarget(model)
    let simulated = bound == .ais ? simulatedPatches : 0
    let total = shown.rows + simulated
    let part = 16 * team.count
    while state.patches.count < shown.rows {
      let rows = state.patches.count..<min(state.patches.count + part, shown.rows)
      let found = try found(model, shown.selectingRows(rows), first: rows.lowerBound, target, team)
      if let bad = found.firstIndex(where: { !$0.logLikelihood.isFinite }) {
        throw RunError(
          "patch \(rows.lowerBound + bad + 1) has no likelihood",
          remedy: "it, or the model, holds numbers that are not finite or too large")
      }
      state.patches += found
      let done = state.patches.count
      try state.save(every: interval) { try progress(done, total) }
    }
    var method = BidirectionalMonteCarlo()
    method.sampling = sampling
    let prior = model.prior
    while state.gaps.count < simulated {
      let rows = state.gaps.count..<min(state.gaps.count + part, simulated)
      let bracket = method.bracket(
        rows, of: simulated, decoder: target.decoder, prior: prior, team: team)
      state.gaps += zip(bracket.upper, bracket.lower).map { $0 - $1 }
      let done = shown.rows + state.gaps.count
      try state.save(every: interval) { try progress(done, total) }
    }
    return LikelihoodEstimate(
      self, state, ELBOParts(model, on: shown, team: team), pixels: shown.columns,
      gaussian: training.flatMap {
        model.gaussianNegativeLogLikelihood(of: shown, fittedTo: $0)
      })
  }

  /// The patches that are measured.
  func shown(_ patches: Matrix) throws -> Matrix {
    guard patches.rows > 0 else {
      throw RunError("there are no held-out patches", remedy: "name data with --data")
    }
    return patches.selectingRows(0..<min(self.patches, patches.rows))
  }

  private func found(
    _ model: SparseVAE, _ patches: Matrix, first: Int, _ target: EvidenceTarget,
    _ team: ThreadTeam
  ) throws -> [LikelihoodState.Patch] {
    let prior = model.prior
    switch bound {
    case .elbo:
      return ELBOParts.negativeELBOs(model, patches, first: first, team).map {
        LikelihoodState.Patch(logLikelihood: -$0)
      }
    case .iwae:
      var method = ImportanceSampling()
      (method.samples, method.seed) = (samples, sampling.seed)
      return method.estimates(
        of: target.patches(patches), try target.proposals(Inference(model, team: team), patches),
        first: first, decoder: target.decoder, prior: prior, team: team
      ).map {
        LikelihoodState.Patch(
          logLikelihood: $0.logLikelihood - target.logDeterminant,
          effectiveSampleSize: $0.effectiveSampleSize)
      }
    case .ais:
      return sampling.estimates(
        of: target.patches(patches), first: first, decoder: target.decoder, prior: prior, team: team
      ).map {
        LikelihoodState.Patch(
          logLikelihood: $0.logLikelihood - target.logDeterminant,
          effectiveSampleSize: $0.effectiveSampleSize,
          acceptance: $0.acceptance)
      }
    }
  }
}
