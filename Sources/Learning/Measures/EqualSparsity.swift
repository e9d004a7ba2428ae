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
  ///   - filters: Φ, `[latents, pixels]`
  ///   - bias: b, `[pixels]`; nil for none.
  ///   - codes: posterior means or sparse codes, `[patches, latents]`
  ///   - patches: `[patches, pixels]`
  package static func measured(
    filters: Matrix, bias: [Float]?, codes: Matrix, patches: Matrix, team: ThreadTeam
  ) -> [EqualSparsity] {
    let problem = SparseCodingProblem(dictionary: filters, sparsity: 0)
    let origin = bias ?? [Float](repeating: 0, count: patches.columns)
    var centred = patches
    for row in 0..<patches.rows {
      for column in 0..<patches.columns { centred[row, column] -= origin[column] }
    }
    return counts.map { count in
      let kept = problem.refitted(codes, keeping: count, patches: centred, team: team)
      var reconstructions = LinearAlgebra.product(kept, filters)
      for row in 0..<patches.rows {
        for column in 0..<patches.columns { reconstructions[row, column] += origin[column] }
      }
      var energy = SignalToNoise()
      energy.add(patches: patches, reconstructions: reconstructions)
      return EqualSparsity(count: count, snrDecibels: energy.decibels)
    }
  }
}
