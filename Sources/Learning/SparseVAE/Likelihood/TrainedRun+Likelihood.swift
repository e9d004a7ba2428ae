import Compute
import Distributions
import ImageData
import LatentVariableModels

extension SparseVAE {
  /// Why chains cannot find this model's log p(x); nil where they can.
  var obstacleToEvidence: String? {
    let prior: any Prior.Type = type(of: prior)
    return prior.hasAtom
      ? "its \(prior.name) prior has single values with a probability of their own, between which "
        + "chains cannot move" : nil
  }
}

extension TrainedRun<SparseVAEConfiguration> {
  /// −log p(x) of the run's own test patches or, where `path` is given, of other data treated alike.
  ///
  /// What is measured is kept in the run's folder until all is, so that a measurement which was
  /// interrupted goes on where it stopped.
  ///
  /// - Parameters:
  ///   - notice: told that it goes on, or that what was left is damaged.
  ///   - progress: told how many patches are done, of how many; what it throws ends the measuring.
  /// - Throws: where the data cannot be read, there are no patches, or the prior has an atom.
  public func likelihood(
    _ estimation: LikelihoodEstimation, on path: String?, _ other: OtherData, team: ThreadTeam,
    notice: @escaping (String) -> Void = { _ in },
    progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> LikelihoodEstimate {
    if let path {
      let patches = try patches(of: path, other, team: team)
      return try likelihood(
        estimation, patches, training: nil, team: team, notice: notice, progress: progress)
    }
    let data = try folder.data(team: team)
    return try likelihood(
      estimation, data.evaluationPatches, training: data.train, team: team, notice: notice,
      progress: progress)
  }

  /// The same of patches as the model sees them.
  func likelihood(
    _ estimation: LikelihoodEstimation, _ patches: Matrix, training: Matrix?, team: ThreadTeam,
    notice: @escaping (String) -> Void, progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> LikelihoodEstimate {
    if let obstacle = model.obstacleToEvidence {
      throw RunError(
        file: folder.url, obstacle,
        remedy: "expected a model with another prior; the ELBO of svae evaluate is exact here")
    }
    var state = try LikelihoodState(
      of: estimation, model, on: estimation.shown(patches), in: folder, notice: notice)
    let found = try estimation.estimate(
      model, on: patches, training: training, &state, team: team, progress: progress)
    state.finish()
    return found
  }
}
