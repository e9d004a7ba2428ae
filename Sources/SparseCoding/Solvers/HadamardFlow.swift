import Compute
import RealModule

/// Gradient descent on u and v, z = u^⊙L − v^⊙L, for ½‖x − Φᵀz‖² + λ·Σ(uᴸ + vᴸ), with momentum.
///
/// The minimum is the lasso's, since the least uᴸ + vᴸ for a given z is |z|. With λ = 0 and a small
/// start it is Chou, Maly & Rauhut's overparameterised flow ("More is less: inducing sparsity via
/// overparameterization", 2023), whose path alone brings sparse codes; it then runs for
/// `maximumIterations`.
///
/// - Complexity: O(atoms²) a step and patch
public struct HadamardFlow: IterativeSolver, Hashable, Codable {
  /// L ≥ 2, the number of factors.
  public var depth: Int
  /// α: u and v start at this where codes are zero. Codes can only leave zero multiplicatively.
  public var start: Float
  /// The relative duality gap to stop at.
  public var tolerance: Float
  public var maximumIterations: Int

  public var planeCount: Int { 5 }

  public init(
    depth: Int = 2, start: Float = 0.1, tolerance: Float = 1e-3, maximumIterations: Int = 20_000
  ) {
    precondition(depth >= 2, "\(depth) factors")
    precondition(start > 0, "codes cannot leave a start at \(start)")
    self.depth = depth
    self.start = start
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// uᴸ = max(z, 0) + αᴸ, vᴸ = max(−z, 0) + αᴸ; v = 0 for nonnegative codes.
  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    let floor = Double.pow(Double(start), Double(depth))
    func root(_ z: Float) -> Float {
      z > 0 ? Float(Double.pow(Double(z) + floor, 1 / Double(depth))) : start
    }
    for row in 0..<block.rows {
      for index in row * block.stride..<row * block.stride + problem.atoms {
        let z = block.codes[index]
        state.planes[0][index] = root(z)
        state.planes[1][index] = problem.isNonnegative ? 0 : root(-z)
      }
    }
    let count = block.rows * block.stride
    state.planes[2].update(from: state.planes[0], count: count)
    state.planes[3].update(from: state.planes[1], count: count)
    state.planes[4].update(from: block.codes, count: count)
    state.scalars.update(repeating: 1, count: block.rows)
  }

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    problem.correlate(block, state.planes[4], into: state.correlations)
    let factors = Lasso.HadamardState(
      positive: state.planes[0], negative: state.planes[1], positivePoint: state.planes[2],
      negativePoint: state.planes[3], pointCodes: state.planes[4], momenta: state.scalars)
    let floor = Float(Double.pow(1e-6, 1 / Double(depth)))
    problem.withLasso {
      $0.hadamardStep(
        block.codeRows, depth: depth, lipschitz: problem.lipschitzConstant, floor: floor,
        state: factors, correlations: state.correlations)
    }
  }
}
