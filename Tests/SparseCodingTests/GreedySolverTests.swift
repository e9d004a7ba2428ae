import Compute
import SparseCoding
import Testing

@Suite struct GreedySolverTests {
  let reference: ReferenceValues
  let patches: Matrix
  let team = ThreadTeam(count: 2)

  init() throws {
    reference = try ReferenceValues.load()
    patches = try reference.patchMatrix()
  }

  /// ½‖x − Φᵀz‖² of each patch.
  private func errors(_ problem: SparseCodingProblem, _ codes: Matrix) -> [Double] {
    problem.objectives(patches: patches, codes: codes) { _ in 0 }
  }

  private func active(_ codes: Matrix) -> [Int] {
    (0..<codes.rows).map { codes.row($0).count { $0 != 0 } }
  }

  @Test func `orthogonal matching pursuit reaches scikit-learn's errors`() throws {
    let problem = try reference.problem()
    let solver = OrthogonalMatchingPursuit(activeAtoms: reference.pursuitAtoms)
    let encoding = solver.encode(patches, problem: problem, team: team)
    let errors = errors(problem, encoding.codes)
    for (row, (error, expected)) in zip(errors, reference.pursuitErrors).enumerated() {
      #expect(abs(error - expected) <= 1e-4 * expected, "patch \(row)")
    }
    #expect(active(encoding.codes).allSatisfy { $0 == reference.pursuitAtoms })
    #expect(encoding.count(.converged) == patches.rows)
  }

  @Test func `orthogonal matching pursuit leaves a residual orthogonal to its atoms`() throws {
    for nonnegative in [false, true] {
      let problem = try reference.problem(nonnegative: nonnegative)
      let solver = OrthogonalMatchingPursuit(activeAtoms: 12)
      let codes = solver.encode(patches, problem: problem, team: team).codes
      let residuals = problem.residuals(patches: patches, codes: codes, team: team)
      let products = LinearAlgebra.product(residuals, problem.dictionary, transposeB: true)
      for index in codes.elements.indices where codes.elements[index] != 0 {
        #expect(abs(products.elements[index]) < 1e-3, "nonnegative \(nonnegative), \(index)")
        if nonnegative { #expect(codes.elements[index] > 0) }
      }
    }
  }

  @Test func `pursuits stop at the stated share of energy`() throws {
    let problem = try reference.problem()
    let solvers: [any SparseSolver] = [
      OrthogonalMatchingPursuit(activeAtoms: 100, tolerance: 0.1),
      MatchingPursuit(activeAtoms: 169, maximumSteps: 2000, tolerance: 0.1),
    ]
    for solver in solvers {
      let encoding = solver.encode(patches, problem: problem, team: team)
      let errors = errors(problem, encoding.codes)
      for row in 0..<patches.rows {
        let energy = patches.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(2 * errors[row] <= 0.1001 * energy, "\(solver), patch \(row)")
        #expect(abs(2 * errors[row] / energy - Double(encoding.gaps[row])) < 1e-4)
      }
    }
  }

  @Test func `orthogonal matching pursuit is never worse than matching pursuit`() throws {
    let problem = try reference.problem()
    let orthogonal = OrthogonalMatchingPursuit(activeAtoms: 8)
      .encode(patches, problem: problem, team: team)
    let plain = MatchingPursuit(activeAtoms: 8).encode(patches, problem: problem, team: team)
    let pairs = zip(errors(problem, orthogonal.codes), errors(problem, plain.codes))
    #expect(pairs.count { $0 <= $1 * 1.0001 } > patches.rows * 9 / 10)
    #expect(active(plain.codes).allSatisfy { $0 <= 8 })
  }

  @Test func `hard thresholding keeps its number of atoms and improves on its start`() throws {
    let problem = try reference.problem()
    let start = MatchingPursuit(activeAtoms: 10).encode(patches, problem: problem, team: team).codes
    let encoding = IterativeHardThresholding(activeAtoms: 10)
      .encode(patches, problem: problem, start: start, team: team)
    #expect(active(encoding.codes).allSatisfy { $0 <= 10 })
    for (after, before) in zip(errors(problem, encoding.codes), errors(problem, start)) {
      #expect(after <= before * 1.00001)
    }
    #expect(encoding.count(.converged) == patches.rows, "\(encoding)")
  }

  @Test func `codes do not depend on the number of threads`() throws {
    let problem = try reference.problem()
    let solvers: [any SparseSolver] = [
      OrthogonalMatchingPursuit(activeAtoms: 5), MatchingPursuit(activeAtoms: 5),
      IterativeHardThresholding(activeAtoms: 5),
      LocallyCompetitiveAlgorithm(threshold: .hard),
    ]
    for solver in solvers {
      let one = solver.encode(patches, problem: problem, team: ThreadTeam(count: 1))
      let three = solver.encode(patches, problem: problem, team: ThreadTeam(count: 3))
      #expect(one.codes == three.codes, "\(solver)")
    }
  }
}
