import Compute

/// How a solver ended on one patch. Numerical trouble is a value here, never an error.
public enum SolverStatus: UInt8, Sendable, CaseIterable {
  /// The criterion fell to the tolerance.
  case converged
  /// The iterations ran out first; the codes are the last ones.
  case iterationLimit
  /// Numbers left the finite range: the patch or the dictionary holds NaN or Inf, or the method
  /// diverged. The codes of this patch are zero.
  case notFinite
}

/// Codes of patches and how they were found.
public struct Encoding: Sendable {
  /// z, `[patches, atoms]`
  public var codes: Matrix
  /// How the solver ended on each patch.
  public var statuses: [SolverStatus]
  /// Iterations, in the solver's own unit, on each patch.
  public var iterations: [Int32]
  /// What the solver stopped by, on each patch: for the lasso the duality gap relative to the
  /// objective, which bounds (objective − optimum)/objective; else the solver's stated criterion.
  public var gaps: [Float]

  /// Number of patches that ended so.
  public func count(_ status: SolverStatus) -> Int {
    statuses.reduce(0) { $0 + ($1 == status ? 1 : 0) }
  }

  /// The largest criterion over all patches that stayed finite.
  public var largestGap: Float {
    zip(gaps, statuses).reduce(0) { $1.1 == .notFinite ? $0 : max($0, $1.0) }
  }

  /// The mean number of nonzero codes of a patch.
  public var meanActive: Double {
    let count = codes.elements.reduce(0) { $0 + ($1 != 0 ? 1 : 0) }
    return Double(count) / Double(max(codes.rows, 1))
  }
}

extension Encoding: CustomStringConvertible {
  /// One sentence: how many patches converged, and the largest gap.
  public var description: String {
    let rest = [
      (SolverStatus.iterationLimit, "at the iteration limit"), (.notFinite, "not finite"),
    ]
    .filter { count($0.0) > 0 }.map { ", \(count($0.0)) \($0.1)" }.joined()
    return "\(count(.converged)) of \(codes.rows) patches converged\(rest); "
      + "largest relative gap \(largestGap)"
  }
}
