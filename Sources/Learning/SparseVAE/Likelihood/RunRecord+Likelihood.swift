import Compute

extension RunRecord {
  /// Measures −log p(x) of a finished run on its own test patches, and writes it down; where that was
  /// done with the same settings, or the run is of another method or has no such number, nothing is
  /// left to do.
  package static func measureLikelihood(
    of folder: RunFolder, _ estimation: LikelihoodEstimation, team: ThreadTeam,
    notice: @escaping (String) -> Void, progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws {
    guard let run = try folder.finishedRun() as? TrainedRun<SparseVAEConfiguration>,
      run.model.obstacleToEvidence == nil
    else { return }
    var record = try RunRecord.measured(folder, team: team)
    if let known = record.likelihood, known.isOf(estimation) { return }
    record.likelihood = try run.likelihood(
      estimation, on: nil, OtherData(run.configuration.data.preparation), team: team,
      notice: notice, progress: progress)
    try record.write(to: folder)
  }
}

extension LikelihoodEstimate {
  /// Whether it was found with these settings, of which the seed is not kept.
  fileprivate func isOf(_ estimation: LikelihoodEstimation) -> Bool {
    bound == estimation.bound && patches <= estimation.patches
      && chains == estimation.sampling.chains
      && temperatures == estimation.sampling.temperatures
  }
}
