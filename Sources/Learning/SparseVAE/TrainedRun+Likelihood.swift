import Compute
import ImageData

extension TrainedRun<SparseVAEConfiguration> {
  /// −log p(x) of the run's own test patches or, where `path` is given, of other data treated alike.
  ///
  /// - Throws: where the data cannot be read, or there are no patches.
  public func likelihood(
    _ estimation: LikelihoodEstimation, on path: String?, _ other: OtherData, team: ThreadTeam,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> LikelihoodEstimate {
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
