import Compute
import SparseCoding
import TestSupport
import Testing

private let penalties: [any SmoothPenalty] = [
  CauchyPenalty(), CauchyPenalty(scale: 0.3), GaussianWellPenalty(), SmoothAbsolutePenalty(),
]

/// E(z) = ½·Σ (zₖ − zₖ₊₁)²: an energy that is no sum over codes.
private struct Coupling: SmoothEnergy {
  func value(_ codes: UnsafeBufferPointer<Float>) -> Float {
    (1..<codes.count).reduce(0) { sum, k in
      let difference = codes[k] - codes[k - 1]
      return sum + difference * difference / 2
    }
  }

  func gradient(
    _ codes: UnsafeBufferPointer<Float>, into gradient: UnsafeMutableBufferPointer<Float>
  ) {
    gradient.update(repeating: 0)
    for k in 1..<codes.count {
      gradient[k] += codes[k] - codes[k - 1]
      gradient[k - 1] -= codes[k] - codes[k - 1]
    }
  }
}

@Suite struct SmoothSolverTests {
  let reference: ReferenceValues
  let patches: Matrix
  let team = ThreadTeam(count: 2)

  init() throws {
    reference = try ReferenceValues.load()
    patches = try reference.patchMatrix()
  }

  @Test func `a penalty's derivative is the derivative of its value`() {
    for penalty in penalties {
      for z in [-3.0, -0.4, 0.05, 0.7, 2.5] {
        let slope = derivative(at: z, step: 0.05) { Double(penalty.value(Float($0))) }
        #expect(abs(slope - Double(penalty.derivative(Float(z)))) < 2e-3, "\(penalty) at \(z)")
      }
    }
  }

  @Test(arguments: penalties.indices, [false, true])
  func `conjugate gradients end where the gradient vanishes`(index: Int, nonnegative: Bool) throws {
    try check(penalties[index], nonnegative: nonnegative)
  }

  private func check(_ penalty: some SmoothPenalty, nonnegative: Bool) throws {
    let problem = try reference.problem(nonnegative: nonnegative)
    let encoding = ConjugateGradient(penalty).encode(patches, problem: problem, team: team)
    #expect(encoding.count(.converged) == patches.rows, "\(penalty): \(encoding)")
    let residuals = problem.residuals(patches: patches, codes: encoding.codes, team: team)
    let products = LinearAlgebra.product(residuals, problem.dictionary, transposeB: true)
    for index in encoding.codes.elements.indices {
      let z = encoding.codes.elements[index]
      let gradient = problem.sparsity * penalty.derivative(z) - products.elements[index]
      if nonnegative && z == 0 {
        #expect(gradient > -1e-2, "\(penalty), \(index)")
      } else {
        #expect(abs(gradient) < 1e-2, "\(penalty), \(index)")
      }
      if nonnegative { #expect(z >= 0) }
    }
    let zero = Matrix(rows: patches.rows, columns: problem.atoms)
    let penalize = { (z: Double) in Double(penalty.value(Float(z))) }
    let found = problem.objectives(patches: patches, codes: encoding.codes, penalty: penalize)
    let start = problem.objectives(patches: patches, codes: zero, penalty: penalize)
    for (after, before) in zip(found, start) { #expect(after <= before) }
  }

  @Test func `a rounded absolute value leads to the lasso's objective`() throws {
    let problem = try reference.problem()
    let solver = ConjugateGradient(
      SmoothAbsolutePenalty(scale: 1e-3), tolerance: 1e-3, maximumIterations: 5000)
    let encoding = solver.encode(patches, problem: problem, team: team)
    let objectives = problem.objectives(patches: patches, codes: encoding.codes)
    let expected = try #require(reference.objectives["lasso"])
    for (objective, best) in zip(objectives, expected) {
      #expect(objective >= best * (1 - 1e-5))
      #expect(objective <= best * 1.005 + 0.02)
    }
  }

  @Test func `a posteriori codes are those of λ = σ²`() throws {
    let problem = try reference.problem().with(sparsity: 0.25)
    let penalty = ConjugateGradient(CauchyPenalty()).encode(patches, problem: problem, team: team)
    let posterior = MaximumAPosteriori(CauchyPenalty(), noiseVariance: 0.25)
      .encode(patches, problem: problem.with(sparsity: 7), team: team)
    #expect(penalty.codes == posterior.codes)
  }

  @Test func `an energy need not be a sum over codes`() throws {
    let problem = try reference.problem()
    let encoding = MaximumAPosteriori(Coupling(), noiseVariance: 0.5)
      .encode(patches, problem: problem, team: team)
    #expect(encoding.count(.converged) == patches.rows, "\(encoding)")
    // (G + σ²·LaplaceMatrix)·z = b holds at the only minimum.
    let residuals = problem.residuals(patches: patches, codes: encoding.codes, team: team)
    let products = LinearAlgebra.product(residuals, problem.dictionary, transposeB: true)
    for row in 0..<patches.rows {
      for k in 1..<problem.atoms - 1 {
        let z = encoding.codes
        let slope = 2 * z[row, k] - z[row, k - 1] - z[row, k + 1]
        #expect(abs(0.5 * slope - products[row, k]) < 1e-2)
      }
    }
  }
}
