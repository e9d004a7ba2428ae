import Compute

/// Which atoms count as dead or as duplicates, and whether they are replaced.
///
/// The new filter is the part of a patch of the batch that the dictionary leaves unexplained,
/// drawn in proportion to its energy.
public struct AtomReplacement: Hashable, Codable, Sendable {
  /// An atom is dead when it has not been used for this many patches.
  public var idlePatches: Int
  /// Of two atoms with |cosine| above this, the later is a duplicate.
  public var similarity: Float
  /// Whether dead atoms are replaced.
  public var replacesDead: Bool
  /// Whether duplicates are replaced.
  public var replacesDuplicates: Bool

  /// By default both are replaced.
  public init(
    idlePatches: Int = 5000, similarity: Float = 0.99, replacesDead: Bool = true,
    replacesDuplicates: Bool = true
  ) {
    self.idlePatches = idlePatches
    self.similarity = similarity
    self.replacesDead = replacesDead
    self.replacesDuplicates = replacesDuplicates
  }

  /// Nothing is replaced; dead and duplicate atoms are still counted.
  public static let none = AtomReplacement(replacesDead: false, replacesDuplicates: false)

  /// - Returns: the number of atoms replaced.
  func apply(
    _ state: inout DictionaryState, duplicates: [Int], batch: CodedBatch, seed: UInt64
  ) -> Int {
    let dead = replacesDead ? (0..<state.atoms).filter { state.idle[$0] >= idlePatches } : []
    let atoms = Set(dead).union(replacesDuplicates ? duplicates : []).sorted()
    if atoms.isEmpty { return 0 }
    var stream = RandomStream(seed: seed, purpose: .filterRedraw, step: state.step)
    let patches = stream.distinctIndices(
      atoms.count, inProportionTo: batch.residuals.rowEnergies)
    for (atom, patch) in zip(atoms, patches) {
      state.replaceFilter(atom, with: batch.residuals.row(patch))
    }
    return patches.count
  }
}

extension SparseCodingProblem {
  /// The atoms whose |cosine| with an earlier atom exceeds `similarity`.
  public func duplicates(above similarity: Float) -> [Int] {
    gram.withUnsafeBuffer { gram in
      LinearAlgebra.duplicates(atoms, limit: similarity * similarity) { gram[$0 * stride + $1] }
    }
  }

  /// x − Φᵀz, `[patches, pixels]`.
  ///
  /// - Parameters:
  ///   - patches: `[patches, pixels]`
  ///   - codes: `[patches, atoms]`
  public func residuals(patches: Matrix, codes: Matrix, team: ThreadTeam) -> Matrix {
    requireShapes(patches, codes)
    var residuals = patches
    residuals.elements.withUnsafeMutableBufferPointer { r in
      codes.elements.withUnsafeBufferPointer { z in
        dictionary.elements.withUnsafeBufferPointer { phi in
          guard let r = r.baseAddress, let z = z.baseAddress, let phi = phi.baseAddress else {
            return
          }
          nonisolated(unsafe) let output = r
          let panel = 128
          team.forEach((patches.rows + panel - 1) / panel) { index in
            let first = index * panel
            LinearAlgebra.multiply(
              rows: min(panel, patches.rows - first), columns: pixels, inner: atoms, alpha: -1,
              z + first * atoms, strideA: atoms, phi, strideB: pixels, beta: 1,
              output + first * pixels, strideC: pixels)
          }
        }
      }
    }
    return residuals
  }
}
