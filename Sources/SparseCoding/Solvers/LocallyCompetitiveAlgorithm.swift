import Compute

/// The locally competitive algorithm: τ·du/dt = b − u − (G − I)z, z = threshold(u).
///
/// A network of leaky integrators that inhibit each other; solved by Euler's method. Its fixed
/// points are, with the soft threshold, the lasso's optimum; with the hard one, local minima of
/// ½‖x − Φᵀz‖² + λ²/2·‖z‖₀. Rozell, Johnson, Baraniuk & Olshausen 2008, "Sparse coding via
/// thresholding and local competition in neural circuits".
///
/// - Complexity: O(atoms²) a step and patch
public struct LocallyCompetitiveAlgorithm: IterativeSolver, Hashable, Codable {
  /// How a neuron's state becomes its code.
  public enum Threshold: String, Hashable, Codable, Sendable, CaseIterable {
    /// z = sign(u)·max(|u| − λ, 0)
    case soft
    /// z = u where |u| > λ, else 0
    case hard
  }

  /// Soft for the lasso, hard for a count of active codes.
  public var threshold: Threshold
  /// dt/τ, in units of the largest step that is stable wherever many neurons are active, 1/L.
  public var stepFraction: Float
  /// Soft: the relative duality gap to stop at. Hard: the largest |du/dt|·τ, relative to max|b|.
  public var tolerance: Float
  /// The most steps.
  public var maximumIterations: Int

  /// The network with this threshold.
  public init(
    threshold: Threshold = .soft, stepFraction: Float = 1, tolerance: Float = 1e-4,
    maximumIterations: Int = 10_000
  ) {
    precondition(stepFraction > 0 && stepFraction < 2, "step \(stepFraction)/L is unstable")
    self.threshold = threshold
    self.stepFraction = stepFraction
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// States start where their codes are: u = z + sign(z)·λ for the soft threshold.
  public func start(_ problem: SparseCodingProblem, _ block: CodingBlock) -> CodePlane {
    let states = block.newPlane()
    for index in 0..<block.rows * block.stride {
      let z = block.codes.start[index]
      let offset = threshold == .hard || z == 0 ? 0 : z > 0 ? problem.sparsity : -problem.sparsity
      states.start[index] = z + offset
    }
    return states
  }

  /// u ← u + step·(b − u − (G − I)z), z = threshold(u)
  public func step(_ problem: SparseCodingProblem, _ block: CodingBlock, _ states: CodePlane) {
    problem.correlate(block, block.codes, into: block.correlations)
    problem.withLasso(block) {
      Kernels.sparse.lca_step(
        $0, $1, stepFraction / max(problem.lipschitzConstant, 1), threshold == .hard ? 1 : 0,
        states.start, block.correlations.start)
    }
  }

  /// Soft: the relative duality gap. Hard: the largest |du/dt|·τ, relative to max|b|.
  public func measure(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ states: CodePlane
  ) {
    if threshold == .soft { return problem.measureDualityGap(block) }
    for row in 0..<block.rows {
      var change: Float = 0
      var scale: Float = 0
      for k in 0..<problem.atoms {
        // A state below the threshold has no effect, so that only its crossing could matter.
        let target = block.correlations[row, k] + block.codes[row, k]
        if block.codes[row, k] != 0 || abs(target) > problem.sparsity {
          change = max(change, abs(target - states[row, k]))
        }
        scale = max(scale, abs(block.targets[row, k]))
      }
      block.gaps[row] = block.energies[row].isFinite ? change / max(scale, 1e-30) : .nan
    }
  }
}
