import Compute

extension SparseCodingProblem {
  /// Codes of which each patch keeps the `count` that contribute most, |zₖ|·‖φₖ‖, with the values
  /// of least squared error for them: what a code's choice of atoms is worth, without shrinkage.
  ///
  /// - Parameters:
  ///   - codes: `[patches, atoms]`; patches with fewer nonzero codes keep those they have.
  ///   - patches: x, `[patches, pixels]`
  /// - Complexity: O(atoms · log atoms + count³ + count · pixels) a patch
  public func refitted(_ codes: Matrix, keeping count: Int, patches: Matrix, team: ThreadTeam)
    -> Matrix
  {
    requireShapes(patches, codes)
    let norms = (0..<atoms).map { diagonals[$0].squareRoot() }
    let rows = team.map(codes.rows) { row in
      refitted(codes.row(row), norms, keeping: count, patch: patches.row(row))
    }
    return Matrix(rows: codes.rows, columns: atoms, elements: rows.flatMap { $0 })
  }

  private func refitted(
    _ code: ArraySlice<Float>, _ norms: [Float], keeping count: Int, patch: ArraySlice<Float>
  ) -> [Float] {
    let contributions = code.enumerated().map { k, z in (k, abs(z) * norms[k]) }
      .filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    let kept = contributions.prefix(count).map(\.0)
    var result = [Float](repeating: 0, count: atoms)
    var system = [Double](repeating: 0, count: kept.count * kept.count)
    var values = kept.map { k in
      zip(dictionary.row(k), patch).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    for (i, k) in kept.enumerated() {
      for (j, l) in kept.enumerated() {
        system[i * kept.count + j] = Double(gram[k * stride + l])
      }
      // Atoms that are copies of each other share their part.
      system[i * kept.count + i] *= 1 + 1e-6
    }
    guard let factor = CholeskyFactor(system, order: kept.count) else { return Array(code) }
    factor.solve(&values)
    for (i, k) in kept.enumerated() { result[k] = Float(values[i]) }
    return result
  }
}
