import Compute
import SparseCoding
import Testing

/// Every solver of the lasso, with settings that reach the optimum.
private let lassoSolvers: [any SparseSolver] = [
  ISTA(tolerance: 1e-6, maximumIterations: 20_000),
  FISTA(tolerance: 2e-6, maximumIterations: 5000),
  CoordinateDescent(tolerance: 2e-6),
  ActiveSetNewton(tolerance: 2e-6),
  LocallyCompetitiveAlgorithm(tolerance: 1e-6, maximumIterations: 20_000),
  ADMM(tolerance: 2e-6),
  HadamardFlow(tolerance: 5e-6),
  HadamardFlow(depth: 3, start: 0.3, tolerance: 5e-6),
]

@Suite struct LassoSolverTests {
  let reference: ReferenceValues
  let patches: Matrix

  init() throws {
    reference = try ReferenceValues.load()
    patches = try reference.patchMatrix()
  }

  @Test(arguments: lassoSolvers.indices, [false, true])
  func `solvers reach scikit-learn's objective`(solver: Int, nonnegative: Bool) throws {
    let solver = lassoSolvers[solver]
    let problem = try reference.problem(nonnegative: nonnegative)
    let encoding = solver.encode(patches, problem: problem, team: ThreadTeam(count: 2))
    let objectives = problem.objectives(patches: patches, codes: encoding.codes)
    let expected = try #require(reference.objectives[nonnegative ? "nonnegative" : "lasso"])
    for (row, (objective, best)) in zip(objectives, expected).enumerated() {
      #expect(objective <= best * (1 + 1e-5), "\(solver), patch \(row)")
      #expect(objective >= best * (1 - 1e-5), "\(solver), patch \(row)")
    }
    #expect(encoding.count(.notFinite) == 0)
    if nonnegative { #expect(encoding.codes.elements.allSatisfy { $0 >= 0 }) }
  }

  @Test(arguments: lassoSolvers.indices)
  func `the duality gap bounds the true gap`(solver: Int) throws {
    let problem = try reference.problem()
    let expected = try #require(reference.objectives["lasso"])
    for tolerance: Float in [1e-1, 1e-2, 1e-3, 1e-4] {
      let coarse = lassoSolvers[solver].with(tolerance: tolerance)
      let encoding = coarse.encode(patches, problem: problem, team: ThreadTeam(count: 1))
      let objectives = problem.objectives(patches: patches, codes: encoding.codes)
      #expect(encoding.count(.converged) == patches.rows, "\(coarse): \(encoding)")
      for row in 0..<patches.rows {
        let gap = (objectives[row] - expected[row]) / objectives[row]
        #expect(gap <= Double(encoding.gaps[row]) + 2e-6, "\(coarse), patch \(row)")
      }
    }
  }

  @Test(arguments: lassoSolvers.indices)
  func `codes do not depend on the number of threads`(solver: Int) throws {
    let problem = try reference.problem()
    let many = patches.selectingRows((0..<500).map { $0 % patches.rows })
    let solver = lassoSolvers[solver].with(tolerance: 1e-3)
    let one = solver.encode(many, problem: problem, team: ThreadTeam(count: 1))
    for threads in 2...3 {
      let several = solver.encode(many, problem: problem, team: ThreadTeam(count: threads))
      #expect(several.codes == one.codes, "\(solver), \(threads) threads")
      #expect(several.gaps == one.gaps)
      #expect(several.iterations == one.iterations)
    }
  }

  @Test(arguments: lassoSolvers.indices)
  func `a warm start at the solution ends at once`(solver: Int) throws {
    let problem = try reference.problem()
    let solver = lassoSolvers[solver].with(tolerance: 1e-4)
    let team = ThreadTeam(count: 1)
    let cold = solver.encode(patches, problem: problem, team: team)
    let warm = solver.encode(patches, problem: problem, start: cold.codes, team: team)
    // The flow cannot start at zero, so that its codes of zero have to fall again.
    if !(solver is HadamardFlow) {
      #expect(warm.iterations.allSatisfy { $0 <= 10 }, "\(solver): \(warm.iterations)")
    }
    #expect(warm.count(.converged) == patches.rows)
  }

  @Test(arguments: [Float(0.5), 0.7, 0.8, 0.9])
  func `among nearly dependent atoms the active set's gap still holds`(decay: Float) throws {
    let single = try reference.problem()
    // Atoms of unit norm that differ in few directions, all in the set to begin with.
    var random = RandomStream(seed: 5, purpose: .evaluation)
    var dictionary = Matrix(rows: 128, columns: single.pixels)
    for atom in 0..<dictionary.rows {
      var weight: Float = 1
      for direction in 0..<single.atoms {
        let share = weight * Float(random.normal())
        for i in 0..<single.pixels {
          dictionary[atom, i] += share * single.dictionary[direction, i]
        }
        weight *= decay
      }
      let norm = dictionary.row(atom).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in 0..<single.pixels { dictionary[atom, i] /= norm }
    }
    let problem = SparseCodingProblem(dictionary: dictionary, sparsity: single.sparsity)
    var start = Matrix(rows: patches.rows, columns: problem.atoms)
    for index in start.elements.indices { start.elements[index] = Float(random.normal()) }
    let team = ThreadTeam(count: 2)
    let none = Matrix(rows: patches.rows, columns: problem.atoms)
    let worst = problem.objectives(patches: patches, codes: none)
    let expected = problem.objectives(
      patches: patches,
      codes: CoordinateDescent(tolerance: 1e-6, maximumSweeps: 20_000)
        .encode(patches, problem: problem, team: team).codes)
    for start in [none, start] {
      let encoding = ActiveSetNewton(tolerance: 1e-6)
        .encode(patches, problem: problem, start: start, team: team)
      let objectives = problem.objectives(patches: patches, codes: encoding.codes)
      #expect(encoding.count(.notFinite) == 0)
      for row in 0..<patches.rows {
        let gap = Double(encoding.gaps[row])
        #expect(objectives[row] <= worst[row] * (1 + 1e-6), "patch \(row)")
        #expect(objectives[row] * (1 - gap) <= expected[row] * (1 + 2e-6), "patch \(row): \(gap)")
        #expect(gap < 1e-3, "patch \(row)")
      }
    }
  }

  @Test(arguments: [false, true])
  func `an active set's codes are optimal to a few units of single precision`(
    nonnegative: Bool
  ) throws {
    let problem = try reference.problem(nonnegative: nonnegative)
    let codes = ActiveSetNewton(tolerance: 1e-6)
      .encode(patches, problem: problem, team: ThreadTeam(count: 1)).codes
    // c = Φ(x − Φᵀz) in double precision: λ·sign z where z is not zero, at most λ elsewhere.
    let (atoms, pixels) = (problem.atoms, problem.pixels)
    var worst = 0.0
    for row in 0..<patches.rows {
      var residual = patches.row(row).map(Double.init)
      for k in 0..<atoms where codes[row, k] != 0 {
        for i in 0..<pixels {
          residual[i] -= Double(codes[row, k]) * Double(problem.dictionary[k, i])
        }
      }
      for k in 0..<atoms {
        let c = zip(residual, problem.dictionary.row(k)).reduce(0.0) {
          $0 + $1.0 * Double($1.1)
        }
        let z = codes[row, k]
        let lambda = Double(problem.sparsity)
        let excess = (nonnegative ? c : abs(c)) - lambda
        worst = max(worst, z > 0 ? abs(c - lambda) : z < 0 ? abs(c + lambda) : excess)
      }
    }
    #expect(worst < 6e-6, "\(worst)")
  }

  @Test(arguments: lassoSolvers.indices)
  func `trouble with one patch is a value and leaves the others alone`(solver: Int) throws {
    let problem = try reference.problem()
    var spoilt = patches
    spoilt[3, 7] = .nan
    spoilt[5, 0] = .infinity
    let solver = lassoSolvers[solver].with(tolerance: 1e-4)
    let encoding = solver.encode(spoilt, problem: problem, team: ThreadTeam(count: 1))
    for row in 0..<patches.rows {
      let expected: SolverStatus = [3, 5].contains(row) ? .notFinite : .converged
      #expect(encoding.statuses[row] == expected, "\(solver), patch \(row)")
    }
    #expect(encoding.codes.elements.allSatisfy { $0.isFinite })
  }

  @Test(arguments: lassoSolvers.indices)
  func `a patch of zeros has no code, and a zero filter no part`(solver: Int) throws {
    var dictionary = try reference.problem().dictionary
    for pixel in 0..<dictionary.columns { dictionary[0, pixel] = 0 }
    let problem = SparseCodingProblem(dictionary: dictionary, sparsity: 1)
    var some = patches
    for pixel in 0..<some.columns { some[0, pixel] = 0 }
    let solver = lassoSolvers[solver].with(tolerance: 1e-4)
    let encoding = solver.encode(some, problem: problem, team: ThreadTeam(count: 1))
    #expect(encoding.count(.converged) == some.rows, "\(solver): \(encoding)")
    #expect(encoding.codes.row(0).allSatisfy { $0 == 0 })
    #expect((0..<some.rows).allSatisfy { encoding.codes[$0, 0] == 0 })
  }
}

extension SparseSolver {
  fileprivate func with(tolerance: Float) -> any SparseSolver {
    var solver = self
    solver.tolerance = tolerance
    return solver
  }
}
