import Compute

/// The lasso by a primal-dual active set, Newton's method on its conditions of optimality: the
/// codes of the set are exact for its signs, z = G⁻¹(b − λ·sign) restricted to it; then codes of
/// the wrong sign leave and atoms with |cₖ| > λ enter, the strongest first, until the set stays as
/// it is.
///
/// Few rounds suffice, and sixteen patches are solved at once in the lanes of vectors: by far the
/// fastest solver here. Hintermüller, Ito & Kunisch 2002, "The primal-dual active set strategy as a
/// semismooth Newton method"; for the lasso, compare Lee, Battle, Raina & Ng 2006. The few patches
/// whose set does not come to rest are finished by `CoordinateDescent`.
///
/// Where the tolerance asks for more than single precision has in b − Gz, below 10⁻⁵, codes are
/// polished at the end: the residual x − Φᵀz itself tells what they lack. Their mean gap, computed
/// anew in double precision, is then about 10⁻⁷.
///
/// - Complexity: O(active · (atoms + active²/16)) a round and patch
public struct ActiveSetNewton: SparseSolver, Hashable, Codable {
  /// The relative duality gap to stop at.
  public var tolerance: Float
  /// The most rounds before coordinate descent takes over.
  public var maximumRounds: Int
  /// The largest active set; patches that need more go to coordinate descent.
  public var maximumActive: Int

  /// Newton's method until the gap is at most `tolerance`.
  public init(tolerance: Float = 1e-5, maximumRounds: Int = 30, maximumActive: Int = 128) {
    precondition(maximumActive >= 1, "active sets of \(maximumActive) atoms")
    self.tolerance = tolerance
    self.maximumRounds = maximumRounds
    self.maximumActive = maximumActive
  }

  /// Rounds of Newton's method until no patch's set changes.
  public func solve(_ problem: SparseCodingProblem, _ block: CodingBlock) {
    var limits = NewtonLimits(
      tolerance: tolerance, max_rounds: Int32(maximumRounds),
      capacity: Int32(min(maximumActive, problem.atoms)))
    let pixels = Int32(problem.pixels)
    let bytes = Kernels.sparse.newton_scratch(
      Int32(block.rows), Int32(block.stride), pixels, limits.capacity)
    let floats = MemoryLayout<Float>.stride
    let scratch = block.memory.reserve((bytes + floats - 1) / floats)
    problem.dictionary.elements.withUnsafeBufferPointer { filters in
      var patches = FilteredPatches(
        filters: polishes ? filters.baseAddress : nil, patches: block.patches, pixels: pixels)
      problem.withLasso(block) {
        Kernels.sparse.active_set_newton($0, $1, &patches, &limits, scratch)
      }
    }
  }

  /// Whether the tolerance asks for more than single precision has in b − Gz.
  private var polishes: Bool { tolerance < 1e-5 }
}
