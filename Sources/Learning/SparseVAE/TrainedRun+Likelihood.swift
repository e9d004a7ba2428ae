import Compute
import ImageData

extension TrainedRun<SparseVAEConfiguration> {
  /// −log p(x) of the run's own test patches or, where `path` is given, of other data treated alike.
  ///
  /// - Throws: where the data cannot be read, there are no patches, or the prior has an atom.
  public func likelihood(
    _ estimation: LikelihoodEstimation, on path: String?, _ other: OtherData, team: ThreadTeam,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> LikelihoodEstimate {
    let prior = type(of: model.prior)
    if prior.hasAtom {
      throw RunError(
        file: folder.url,
        "its \(prior.name) prior has single values with a probability of their own, between which the "
          + "sampler of --likelihood cannot move",
        remedy: "expected a prior without; the ELBO of svae evaluate is exact here")
    }
    guard let path else {
      let data = try folder.data(team: team)
      return try estimation.estimate(
        model, on: data.evaluationPatches, training: data.train, team: team, progress: progress)
    }
    return try estimation.estimate(
      model, on: patches(of: path, other, team: team), training: nil, team: team,
      progress: progress)
  }
}
