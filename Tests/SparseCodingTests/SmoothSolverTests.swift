import Compute
import Distributions
import SparseCoding
import TestSupport
import Testing

private let priors: [any Prior] = [
  CauchyPrior(scale: 1), CauchyPrior(scale: 0.3), StudentTPrior(scale: 0.3), GaussianWell(),
  RoundedAbsolute(),
]

@Suite struct SmoothSolverTests {
  let reference: ReferenceValues
  let patches: Matrix
  let team = ThreadTeam(count: 2)

  init() throws {
    reference = try ReferenceValues.load()
    patches = try reference.patchMatrix()
  }

  @Test func `an energy's slope is the derivative of its value`() {
    for prior in priors {
      for z in [-3.0, -0.4, 0.05, 0.7, 2.5] {
        let slope = derivative(at: z, step: 0.05) { -prior.logDensity($0) }
        #expect(abs(slope + prior.score(z)) < 2e-3, "\(prior) at \(z)")
      }
    }
  }

  @Test(arguments: priors.indices, [false, true])
  func `conjugate gradients end where the gradient vanishes`(index: Int, nonnegative: Bool) throws {
    try check(priors[index], nonnegative: nonnegative)
  }

  private func check(_ prior: some Prior, nonnegative: Bool) throws {
    let problem = try reference.problem(nonnegative: nonnegative)
    let encoding = ConjugateGradient(prior).encode(patches, problem: problem, team: team)
    #expect(encoding.count(.converged) == patches.rows, "\(prior): \(encoding)")
    let residuals = problem.residuals(patches: patches, codes: encoding.codes, team: team)
    let products = LinearAlgebra.product(residuals, problem.dictionary, transposeB: true)
    for index in encoding.codes.elements.indices {
      let z = encoding.codes.elements[index]
      let gradient = -problem.sparsity * Float(prior.score(Double(z))) - products.elements[index]
      if nonnegative && z == 0 {
        #expect(gradient > -1e-2, "\(prior), \(index)")
      } else {
        #expect(abs(gradient) < 1e-2, "\(prior), \(index)")
      }
      if nonnegative { #expect(z >= 0) }
    }
    let zero = Matrix(rows: patches.rows, columns: problem.atoms)
    let penalize = { (z: Double) in -prior.logDensity(z) }
    let found = problem.objectives(patches: patches, codes: encoding.codes, penalty: penalize)
    let start = problem.objectives(patches: patches, codes: zero, penalty: penalize)
    for (after, before) in zip(found, start) { #expect(after <= before) }
  }

  @Test func `a rounded absolute value leads to the lasso's objective`() throws {
    let problem = try reference.problem()
    let solver = ConjugateGradient(
      RoundedAbsolute(scale: 1e-3), tolerance: 1e-3, maximumIterations: 5000)
    let encoding = solver.encode(patches, problem: problem, team: team)
    let objectives = problem.objectives(patches: patches, codes: encoding.codes)
    let expected = try #require(reference.objectives["lasso"])
    for (objective, best) in zip(objectives, expected) {
      #expect(objective >= best * (1 - 1e-5))
      #expect(objective <= best * 1.005 + 0.02)
    }
  }

  @Test func `a posteriori codes are those of λ = σ²`() throws {
    let dictionary = try reference.problem().dictionary
    let penalty = ConjugateGradient(CauchyPrior(scale: 1)).encode(
      patches, problem: SparseCodingProblem(dictionary: dictionary, sparsity: 0.25), team: team)
    let posterior = ConjugateGradient(CauchyPrior(scale: 1), noiseVariance: 0.25).encode(
      patches, problem: SparseCodingProblem(dictionary: dictionary, sparsity: 7), team: team)
    #expect(penalty.codes == posterior.codes)
  }
}
