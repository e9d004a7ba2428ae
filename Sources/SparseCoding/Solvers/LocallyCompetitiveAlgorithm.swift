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

  public var threshold: Threshold
  /// dt/τ, in units of the largest step that is stable wherever many neurons are active, 1/L.
  public var stepFraction: Float
  /// Soft: the relative duality gap to stop at. Hard: the largest |du/dt|·τ, relative to max|b|.
  public var tolerance: Float
  public var maximumIterations: Int

  public var planeCount: Int { 1 }

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
  public func start(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    for index in 0..<block.rows * block.stride {
      let z = block.codes[index]
      let offset = threshold == .hard || z == 0 ? 0 : z > 0 ? problem.sparsity : -problem.sparsity
      state.planes[0][index] = z + offset
    }
  }

  public func step(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    problem.correlate(block, block.codes, into: state.correlations)
    problem.withLasso {
      $0.competitiveStep(
        block.codeRows, step: stepFraction / max(problem.lipschitzConstant, 1),
        isHard: threshold == .hard, states: state.planes[0], correlations: state.correlations)
    }
  }

  public func measure(
    _ problem: SparseCodingProblem, _ block: CodingBlock, _ state: IterationState
  ) {
    if threshold == .soft { return measureDualityGap(problem, block, state) }
    for row in 0..<block.rows {
      var change: Float = 0
      var scale: Float = 0
      for index in row * block.stride..<(row + 1) * block.stride {
        let u = state.planes[0][index]
        // A state below the threshold has no effect, so that only its crossing could matter.
        let target = state.correlations[index] + block.codes[index]
        if block.codes[index] != 0 || abs(target) > problem.sparsity {
          change = max(change, abs(target - u))
        }
        scale = max(scale, abs(block.targets[index]))
      }
      block.gaps[row] = block.energies[row].isFinite ? change / max(scale, 1e-30) : .nan
    }
  }
}
