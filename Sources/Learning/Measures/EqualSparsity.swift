import Compute
import Evaluation
import SparseCoding

/// How well so many codes a patch explain it: the SNR of reconstructions from the `count` codes that
/// contribute most, refitted by least squares, so that runs of different sparsity compare.
package struct EqualSparsity: Codable, Hashable, Sendable {
  /// Codes that each patch keeps.
  package var count: Int
  package var snrDecibels: Double

  /// Numbers of codes that are looked at.
  package static let counts = [5, 10, 20]

  /// - Parameters:
  ///   - codes: posterior means or sparse codes, `[patches, latents]`
  ///   - patches: `[patches, pixels]`
  package static func measured(
    _ model: some LearnedModel, codes: Matrix, patches: Matrix, team: ThreadTeam
  ) -> [EqualSparsity] {
    let problem = SparseCodingProblem(dictionary: model.filters, sparsity: 0)
    var centred = patches
    centred.addToRows(model.bias, times: -1)
    return counts.map { count in
      let kept = problem.refitted(codes, keeping: count, patches: centred, team: team)
      var energy = SignalToNoise()
      energy.add(patches: patches, reconstructions: model.reconstructions(of: kept))
      return EqualSparsity(count: count, snrDecibels: energy.decibels)
    }
  }
}
