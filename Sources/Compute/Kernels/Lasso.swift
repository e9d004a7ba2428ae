import CKernels

/// What the kernels of sparse coding need to know of a problem: plain memory, valid during a call.
///
/// Every matrix of codes has `stride` floats a row, a multiple of 16, and zeros beyond the last
/// atom. b = Φx, c = b − Gz, G = ΦΦᵀ.
package struct Lasso {
  fileprivate let raw: svae_lasso

  /// - Parameters:
  ///   - gram: G, `[atoms, stride]`
  ///   - diagonal: Gₖₖ, `[stride]`
  ///   - inverseDiagonal: 1/Gₖₖ, `[stride]`; 0 for an atom that is never used.
  ///   - sparsity: λ
  ///   - isNonnegative: whether codes are restricted to z ≥ 0.
  package init(
    gram: UnsafePointer<Float>, diagonal: UnsafePointer<Float>,
    inverseDiagonal: UnsafePointer<Float>, atoms: Int, stride: Int, sparsity: Float,
    isNonnegative: Bool
  ) {
    raw = svae_lasso(
      gram: gram, inverse_diagonal: inverseDiagonal, diagonal: diagonal, atoms: Int32(atoms),
      stride: Int32(stride), lambda: sparsity, nonnegative: isNonnegative ? 1 : 0)
  }
}

/// Patches on their way through a solver, a row each: plain memory, valid during a call.
package struct CodeRows {
  fileprivate let raw: svae_code_rows

  /// - Parameters:
  ///   - targets: b, `[count, stride]`
  ///   - energies: ‖x‖²; NaN or infinite where there is nothing to be solved.
  ///   - codes: z, `[count, stride]`: the start on entry, the result on return.
  ///   - gaps: what a solver stopped by; NaN where numbers left the finite range.
  ///   - iterations: how often a solver went over each row.
  package init(
    count: Int, targets: UnsafePointer<Float>, energies: UnsafePointer<Float>,
    codes: UnsafeMutablePointer<Float>, gaps: UnsafeMutablePointer<Float>,
    iterations: UnsafeMutablePointer<Int32>
  ) {
    raw = svae_code_rows(
      rows: Int32(count), targets: targets, energies: energies, codes: codes, gaps: gaps,
      iterations: iterations)
  }
}

/// The kernels for this processor.
private let kernels = svae_kernels().pointee.sparse

extension Lasso {
  private func withRaw(
    _ rows: CodeRows, _ body: (UnsafePointer<svae_lasso>, UnsafePointer<svae_code_rows>) -> Void
  ) {
    withUnsafePointer(to: raw) { problem in
      withUnsafePointer(to: rows.raw) { body(problem, $0) }
    }
  }

  /// The relative duality gap of each row, from z, c, b and ‖x‖².
  package func measureGaps(_ rows: CodeRows, correlations: UnsafePointer<Float>) {
    withRaw(rows) { kernels.lasso_gaps($0, $1, correlations) }
  }

  /// z ← shrink(z + step·c, step·λ)
  package func shrinkStep(_ rows: CodeRows, step: Float, correlations: UnsafePointer<Float>) {
    withRaw(rows) { kernels.shrink_step($0, $1, step, correlations) }
  }

  /// A step of FISTA with restart from `points`, where c is taken; `momenta` holds t of each row.
  package func acceleratedStep(
    _ rows: CodeRows, step: Float, points: UnsafeMutablePointer<Float>,
    correlations: UnsafePointer<Float>, momenta: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) { kernels.fista_step($0, $1, step, points, correlations, momenta) }
  }

  /// u ← u + step·(c + z − u), z = threshold(u): shrinkage, or |u| > λ kept as it is.
  package func competitiveStep(
    _ rows: CodeRows, step: Float, isHard: Bool, states: UnsafeMutablePointer<Float>,
    correlations: UnsafePointer<Float>
  ) {
    withRaw(rows) { kernels.lca_step($0, $1, step, isHard ? 1 : 0, states, correlations) }
  }

  /// The rest of a step of ADMM, given x: z ← shrink(x + u, λ/penalty), u ← u + x − z, and
  /// `right` ← b + penalty·(z − u).
  package func splittingStep(
    _ rows: CodeRows, penalty: Float, solutions: UnsafePointer<Float>,
    duals: UnsafeMutablePointer<Float>, right: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) { kernels.admm_step($0, $1, penalty, solutions, duals, right) }
  }

  /// u and v of z = uᴸ − vᴸ, `[rows, stride]` each, with the points of their momentum.
  package struct HadamardState {
    fileprivate let raw: svae_hadamard_state

    /// - Parameters:
    ///   - pointCodes: z at the points, where c is taken.
    ///   - momenta: t of each row.
    package init(
      positive: UnsafeMutablePointer<Float>, negative: UnsafeMutablePointer<Float>,
      positivePoint: UnsafeMutablePointer<Float>, negativePoint: UnsafeMutablePointer<Float>,
      pointCodes: UnsafeMutablePointer<Float>, momenta: UnsafeMutablePointer<Float>
    ) {
      raw = svae_hadamard_state(
        positive: positive, negative: negative, positive_point: positivePoint,
        negative_point: negativePoint, point_codes: pointCodes, momenta: momenta)
    }
  }

  /// An accelerated step down the gradient of ½‖x − Φᵀz‖² + λ·Σ(uᴸ + vᴸ), L = `depth`; u and v stay
  /// above `floor` times their largest.
  package func hadamardStep(
    _ rows: CodeRows, depth: Int, lipschitz: Float, floor: Float, state: HadamardState,
    correlations: UnsafePointer<Float>
  ) {
    withUnsafePointer(to: state.raw) { state in
      withRaw(rows) {
        kernels.hadamard_step($0, $1, Int32(depth), lipschitz, floor, state, correlations)
      }
    }
  }

  /// z ← the `kept` largest in magnitude of z + step·c, the rest zero.
  ///
  /// - Parameters:
  ///   - changes: gets max|Δz|/max|z| of each row.
  ///   - scratch: `stride` floats.
  package func hardThresholdStep(
    _ rows: CodeRows, kept: Int, step: Float, correlations: UnsafePointer<Float>,
    changes: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) {
      kernels.hard_threshold_step($0, $1, Int32(kept), step, correlations, changes, scratch)
    }
  }
}

extension Lasso {
  /// Coordinate descent over an active set, each row to its gap ≤ `tolerance`.
  ///
  /// - Parameter scratch: 2 · `stride` floats.
  package func descend(
    _ rows: CodeRows, tolerance: Float, maximumSweeps: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) {
      kernels.coordinate_descent($0, $1, tolerance, Int32(maximumSweeps), scratch)
    }
  }

  /// When `activeSetNewton` stops.
  package struct NewtonLimits {
    fileprivate let raw: svae_newton_limits

    /// - Parameters:
    ///   - tolerance: the gap to reach.
    ///   - capacity: the most atoms of a set.
    package init(tolerance: Float, maximumRounds: Int, capacity: Int) {
      raw = svae_newton_limits(
        tolerance: tolerance, max_rounds: Int32(maximumRounds), capacity: Int32(capacity))
    }
  }

  /// Floats of scratch memory that `activeSetNewton` needs.
  package func newtonScratch(rows: Int, pixels: Int, limits: NewtonLimits) -> Int {
    let bytes = kernels.newton_scratch(
      Int32(rows), raw.stride, Int32(pixels), limits.raw.capacity)
    return (bytes + MemoryLayout<Float>.stride - 1) / MemoryLayout<Float>.stride
  }

  /// The lasso by an active set: exact codes for a set and its signs, then a new set, until none
  /// changes.
  ///
  /// - Parameters:
  ///   - filters: Φ, `[atoms, pixels]`, by which codes are polished at the end; nil for no polish.
  ///   - patches: x, `[rows, pixels]`
  ///   - scratch: `newtonScratch` floats on a cache line's boundary.
  package func activeSetNewton(
    _ rows: CodeRows, filters: UnsafePointer<Float>?, patches: UnsafePointer<Float>, pixels: Int,
    limits: NewtonLimits, scratch: UnsafeMutablePointer<Float>
  ) {
    let patches = svae_patches(filters: filters, patches: patches, pixels: Int32(pixels))
    withUnsafePointer(to: patches) { patches in
      withUnsafePointer(to: limits.raw) { limits in
        withRaw(rows) { kernels.active_set_newton($0, $1, patches, limits, scratch) }
      }
    }
  }

  /// Orthogonal matching pursuit until there are `kept` atoms, ‖r‖² ≤ `tolerance`·‖x‖², or
  /// ‖r‖² ≤ `residual`. Gaps get ‖r‖²/‖x‖², iterations the atoms taken.
  ///
  /// - Parameter scratch: stride + kept·(kept + 4) floats.
  package func orthogonalPursuit(
    _ rows: CodeRows, kept: Int, tolerance: Float, residual: Float,
    scratch: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) {
      kernels.orthogonal_pursuit($0, $1, Int32(kept), tolerance, residual, scratch)
    }
  }

  /// Matching pursuit, `steps` times or until ‖r‖² ≤ `tolerance`·‖x‖², with at most `kept` atoms.
  /// Gaps get ‖r‖²/‖x‖², iterations the steps.
  ///
  /// - Parameter scratch: `stride` floats.
  package func matchingPursuit(
    _ rows: CodeRows, kept: Int, steps: Int, tolerance: Float,
    scratch: UnsafeMutablePointer<Float>
  ) {
    withRaw(rows) {
      kernels.matching_pursuit($0, $1, Int32(kept), Int32(steps), tolerance, scratch)
    }
  }
}

/// One pass of block coordinate descent over the rows of Φ for min ½·tr(ΦᵀAΦ) − tr(ΦᵀB), ‖φₖ‖ ≤ 1.
///
/// Rows with Aₖₖ ≤ `floor` stay. Mairal, Bach, Ponce & Sapiro 2009, algorithm 2.
///
/// - Parameters:
///   - products: A, `[atoms, atoms]`
///   - targets: B, `[atoms, pixels]`
///   - filters: Φ, `[atoms, pixels]`, changed in place.
/// - Complexity: O(atoms² · pixels)
package func dictionaryPass(
  atoms: Int, pixels: Int, products: [Float], targets: [Float], floor: Float,
  filters: inout [Float]
) {
  precondition(
    products.count == atoms * atoms && targets.count == atoms * pixels
      && filters.count == atoms * pixels,
    "\(atoms) atoms of \(pixels) pixels, but A has \(products.count) elements, B "
      + "\(targets.count) and Φ \(filters.count)")
  var scratch = [Float](repeating: 0, count: pixels)
  kernels.dictionary_pass(
    Int32(atoms), Int32(pixels), products, targets, floor, &filters, &scratch)
}
