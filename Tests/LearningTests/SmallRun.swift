import Compute
import Filters
import Foundation
import ImageData
import LatentVariableModels

@testable import Learning

/// A run that takes a fraction of a second.
struct SmallRun: Sendable {
  var configuration: SparseVAEConfiguration

  init(_ constraint: ConstraintFamily = .unitNorm) {
    configuration = SparseVAEConfiguration()
    configuration.data.preparation.patchSize = 8
    configuration.data.preparation.patches = 600
    configuration.data.preparation.border = 2
    configuration.model.latents = 20
    configuration.model.encoder.trunk = [32]
    configuration.model.constraint = constraint
    configuration.training.epochs = 3
    configuration.training.batchSize = 100
    configuration.training.learningRate = 3e-3
  }

  static let source: DataSource = {
    var leaves = DeadLeaves()
    leaves.count = 12
    leaves.size = 64
    leaves.smallestRadius = 4
    leaves.largestRadius = 24
    return .synthetic(leaves)
  }()

  func data(team: ThreadTeam) throws -> DataSet {
    try DataSet(Self.source, configuration.data.preparation, team: team)
  }

  /// Trains in a new folder; stops after so many steps where `steps` is given.
  @discardableResult
  func train(
    at url: URL, threads: Int = 1, stopAfter steps: Int = .max, writesTensorBoard: Bool = false,
    checkpointInterval: Double = 600
  ) throws -> RunFolder {
    let team = ThreadTeam(count: threads)
    var run = try Run(new: configuration, at: url, data: data(team: team), team: team)
    run.writesTensorBoard = writesTensorBoard
    run.checkpointInterval = checkpointInterval
    _ = try run.run(Self.stop(after: steps))
    return run.folder
  }

  /// A run that is about to go on.
  func resuming(_ folder: RunFolder, threads: Int = 1) throws -> Run<SparseVAEConfiguration> {
    let team = ThreadTeam(count: threads)
    return try Run(
      resuming: folder, folder.configuration(of: SparseVAEConfiguration.self),
      data: data(team: team), team: team)
  }

  /// Goes on with a run.
  func resume(_ folder: RunFolder, threads: Int = 1, stopAfter steps: Int = .max) throws {
    _ = try resuming(folder, threads: threads).run(Self.stop(after: steps))
  }

  static func stop(after steps: Int) -> Run<SparseVAEConfiguration>.Observer {
    var observer = Run<SparseVAEConfiguration>.Observer()
    observer.step = { done, _ in done < steps }
    return observer
  }
}

/// A table's columns that do not tell the time.
func timeless(_ metrics: URL) throws -> [String] {
  try String(contentsOf: metrics, encoding: .utf8).split(separator: "\n").map { line in
    line.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
  }
}
