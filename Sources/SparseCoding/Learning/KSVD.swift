import Compute
import RealModule

/// K-SVD: each atom in turn becomes the leading singular vector of what its patches leave
/// unexplained without it.
///
/// E = residuals + zₖφₖᵀ over the patches that use atom k; φₖ ← Eᵀzₖ/‖Eᵀzₖ‖, zₖ ← Eφₖ, and so on:
/// power iterations in place of the whole decomposition. Aharon, Elad & Bruckstein 2006;
/// Rubinstein, Zibulevsky & Elad 2008. Batches should be large.
public struct KSVD: DictionaryRule, Hashable, Codable {
  /// Power iterations for each atom.
  public var iterations: Int

  /// K-SVD with so many power iterations for each atom.
  public init(iterations: Int = 2) {
    precondition(iterations >= 1, "\(iterations) power iterations")
    self.iterations = iterations
  }

  /// Every atom in turn, with its codes.
  public func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    var residuals = batch.residuals
    let pixels = state.pixels
    for atom in 0..<state.atoms {
      let users = (0..<batch.codes.rows).filter { batch.codes[$0, atom] != 0 }
      if users.isEmpty { continue }
      var codes = users.map { batch.codes[$0, atom] }
      var filter = Array(state.filters[atom * pixels..<(atom + 1) * pixels])
      add(codes, filter, to: &residuals, rows: users)
      for _ in 0..<iterations {
        filter = normalized(weightedSum(of: residuals, rows: users, weights: codes))
        codes = users.map { dot(residuals, row: $0, filter) }
      }
      add(codes.map { -$0 }, filter, to: &residuals, rows: users)
      for pixel in 0..<pixels { state.filters[atom * pixels + pixel] = filter[pixel] }
    }
  }

  /// rows ← rows + codes·filterᵀ
  private func add(_ codes: [Float], _ filter: [Float], to matrix: inout Matrix, rows: [Int]) {
    let columns = matrix.columns
    matrix.elements.withUnsafeMutableBufferPointer { elements in
      for (code, row) in zip(codes, rows) {
        for column in 0..<columns { elements[row * columns + column] += code * filter[column] }
      }
    }
  }

  private func weightedSum(of matrix: Matrix, rows: [Int], weights: [Float]) -> [Float] {
    let columns = matrix.columns
    var sum = [Float](repeating: 0, count: columns)
    matrix.elements.withUnsafeBufferPointer { elements in
      for (weight, row) in zip(weights, rows) {
        for column in 0..<columns { sum[column] += weight * elements[row * columns + column] }
      }
    }
    return sum
  }

  private func dot(_ matrix: Matrix, row: Int, _ vector: [Float]) -> Float {
    let columns = matrix.columns
    return matrix.elements.withUnsafeBufferPointer { elements in
      var sum: Float = 0
      for column in 0..<columns { sum += elements[row * columns + column] * vector[column] }
      return sum
    }
  }

  private func normalized(_ vector: [Float]) -> [Float] {
    let norm = Float(Double.sqrt(vector.reduce(0.0) { $0 + Double($1) * Double($1) }))
    return norm > 0 ? vector.map { $0 / norm } : vector
  }
}
