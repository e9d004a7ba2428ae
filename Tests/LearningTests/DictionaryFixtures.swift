import Compute
import Foundation
import ImageData
import SparseCoding
import TestSupport

@testable import Learning

/// Learning that takes a moment: dead leaves, 20 atoms, a few updates.
enum TinyDictionary {
  static func configuration(
    rule: DictionaryRuleFamily = .gradient, updates: Int = 12
  ) -> DictionaryConfiguration {
    var configuration = DictionaryConfiguration()
    configuration.data.preparation.patches = 256
    configuration.data.preparation.heldOutPatches = 64
    configuration.data.preparation.patchSize = 6
    configuration.sparseCoding.atoms = 20
    configuration.sparseCoding.rule = rule
    configuration.sparseCoding.updates = updates
    configuration.sparseCoding.batchSize = 50
    return configuration
  }

  /// The data of all tests.
  static let data: DataSet? = try? DataSet(
    .open(path: nil), configuration().data.preparation, team: ThreadTeam(count: 2))

  /// A finished run in `folder`.
  @discardableResult
  static func learn(
    _ configuration: DictionaryConfiguration, at folder: URL, _ data: DataSet, threads: Int = 2
  ) throws -> Run<DictionaryConfiguration>.Outcome {
    try Run(
      new: configuration, at: folder, data: data, team: ThreadTeam(count: threads)
    ).run(.init())
  }
}

extension Run<DictionaryConfiguration>.Outcome {
  var evaluation: FilterEvaluation? {
    if case .finished(let evaluation, _) = self { evaluation } else { nil }
  }
}
