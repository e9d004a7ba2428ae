import Compute
import Distributions
import SparseCoding
import Testing

@Suite struct SparseCodingProblemTests {
  @Test(arguments: [(1, 5), (16, 9), (40, 64), (169, 144)])
  func `the Lipschitz constant is a tight upper bound of G's eigenvalues`(
    atoms: Int, pixels: Int
  ) throws {
    for seed: UInt64 in 1...3 {
      var stream = RandomStream(seed: seed, purpose: .initialization)
      let dictionary = Matrix(
        rows: atoms, columns: pixels,
        elements: (0..<atoms * pixels).map { _ in Float(stream.normal()) })
      let gram = LinearAlgebra.product(dictionary, dictionary, transposeB: true)
      let eigen = LinearAlgebra.symmetricEigen(gram.elements.map(Double.init), order: atoms)
      let largest = try #require(eigen?.values.last)
      let bound = Double(
        SparseCodingProblem(dictionary: dictionary, sparsity: 1).lipschitzConstant)
      #expect(bound >= largest * (1 - 1e-5), "\(atoms) × \(pixels), seed \(seed)")
      #expect(bound <= largest * 1.01, "\(atoms) × \(pixels), seed \(seed)")
    }
  }

  @Test func `a dictionary that is not finite makes codes not finite, by value`() throws {
    let reference = try ReferenceValues.load()
    var dictionary = try reference.problem().dictionary
    dictionary[2, 5] = .nan
    let problem = SparseCodingProblem(dictionary: dictionary, sparsity: 1)
    let patches = try reference.patchMatrix()
    let solvers: [any SparseSolver] = [
      ISTA(), FISTA(), ADMM(maximumIterations: 50), HadamardFlow(),
      LocallyCompetitiveAlgorithm(), ConjugateGradient(CauchyPrior(scale: 1)),
      CoordinateDescent(), ActiveSetNewton(), OrthogonalMatchingPursuit(activeAtoms: 5),
      MatchingPursuit(activeAtoms: 5), IterativeHardThresholding(activeAtoms: 5),
    ]
    for solver in solvers {
      let encoding = solver.encode(patches, problem: problem, team: ThreadTeam(count: 2))
      #expect(encoding.count(.notFinite) == patches.rows, "\(solver): \(encoding)")
      #expect(encoding.codes.elements.allSatisfy { $0 == 0 }, "\(solver)")
    }
  }

  @Test func `no patches have no codes`() throws {
    let problem = try ReferenceValues.load().problem()
    let none = Matrix(rows: 0, columns: problem.pixels)
    let encoding = ActiveSetNewton().encode(none, problem: problem, team: ThreadTeam(count: 2))
    #expect(encoding.codes.rows == 0)
    #expect(encoding.largestGap == 0)
  }

  @Test func `a batch order visits every patch once in a pass, and can be entered anywhere`() {
    var order = BatchOrder(patches: 50, batchSize: 20, seed: 4)
    let indices = (0..<5).flatMap { order.indices(step: $0) }
    #expect(indices[..<50].sorted() == Array(0..<50))
    #expect(indices[50...].sorted() == Array(0..<50))
    var entered = BatchOrder(patches: 50, batchSize: 20, seed: 4)
    #expect(entered.indices(step: 3) == Array(indices[60..<80]))
  }
}
