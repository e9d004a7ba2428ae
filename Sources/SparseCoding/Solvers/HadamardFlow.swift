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
  /// The most steps.
  public var maximumIterations: Int

  /// What is kept between steps.
  public struct State {
    /// u, v
    let positive, negative: CodePlane
    /// Where momentum takes u and v, and z there.
    let positivePoint, negativePoint, pointCodes: CodePlane
    /// t
    let momenta: CodeColumn<Float>
  }

  /// The flow of `depth` factors that start at `start`.
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
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> State {
    let state = State(
      positive: block.newPlane(), negative: block.newPlane(), positivePoint: block.newPlane(),
      negativePoint: block.newPlane(), pointCodes: block.newPlane(), momenta: block.newColumn(1))
    let floor = Double.pow(Double(start), Double(depth))
    func root(_ z: Float) -> Float {
      z > 0 ? Float(Double.pow(Double(z) + floor, 1 / Double(depth))) : start
    }
    for row in 0..<block.rows {
      for k in 0..<problem.atoms {
        let z = block.codes[row, k]
        state.positive[row, k] = root(z)
        state.negative[row, k] = problem.isNonnegative ? 0 : root(-z)
      }
    }
    let count = block.rows * block.stride
    state.positivePoint.start.update(from: state.positive.start, count: count)
    state.negativePoint.start.update(from: state.negative.start, count: count)
    state.pointCodes.start.update(from: block.codes.start, count: count)
    return state
  }

  /// A gradient step of u and v from their points, with momentum.
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ state: State) {
    problem.correlate(block, state.pointCodes, into: block.correlations)
    var factors = HadamardFactors(
      positive: state.positive.start, negative: state.negative.start,
      positive_point: state.positivePoint.start, negative_point: state.negativePoint.start,
      point_codes: state.pointCodes.start, momenta: state.momenta.start)
    let floor = Float(Double.pow(1e-6, 1 / Double(depth)))
    problem.withLasso(block) {
      Kernels.sparse.hadamard_step(
        $0, $1, Int32(depth), problem.lipschitzConstant, floor, &factors, block.correlations.start)
    }
  }
}
