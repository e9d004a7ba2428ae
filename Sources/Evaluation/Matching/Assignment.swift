/// The assignment problem: which row goes with which column, one to one, at the least total cost.
///
/// The Hungarian method in the form of shortest augmenting paths with potentials (Jonker &
/// Volgenant 1987; Crouse 2016, "On implementing 2D rectangular assignment algorithms").
public struct Assignment: Hashable, Sendable {
  /// The column of each row; nil for rows left over where there are more rows than columns.
  public let columns: [Int?]
  /// Σ of the costs of the pairs.
  public let cost: Double

  /// Solves for the costs of `rows` × `columns` pairs, row after row, all finite.
  ///
  /// - Complexity: O(min² · max) of the numbers of rows and columns.
  public init(costs: [Double], rows: Int, columns: Int) {
    precondition(costs.count == rows * columns, "\(costs.count) costs for \(rows) × \(columns)")
    precondition(costs.allSatisfy(\.isFinite), "costs that are not finite")
    if rows <= columns {
      self.columns = augment(rows: rows, columns: columns) { costs[$0 * columns + $1] }
    } else {
      var result = [Int?](repeating: nil, count: rows)
      let transposed = augment(rows: columns, columns: rows) { costs[$1 * columns + $0] }
      for (column, row) in transposed.enumerated() { if let row { result[row] = column } }
      self.columns = result
    }
    cost = self.columns.enumerated().reduce(0) { sum, pair in
      pair.element.map { sum + costs[pair.offset * columns + $0] } ?? sum
    }
  }
}

/// Assigns each of `rows` ≤ `columns` rows, one augmenting path after another.
private func augment(rows: Int, columns: Int, cost: (Int, Int) -> Double) -> [Int?] {
  var rowPotential = [Double](repeating: 0, count: rows)
  var columnPotential = [Double](repeating: 0, count: columns)
  var columnOfRow = [Int?](repeating: nil, count: rows)
  var rowOfColumn = [Int?](repeating: nil, count: columns)

  for free in 0..<rows {
    // Dijkstra's algorithm over columns, from the free row, with reduced costs as lengths.
    var distance = [Double](repeating: .infinity, count: columns)
    var predecessor = [Int](repeating: free, count: columns)
    var settled: [Int] = []
    var open = Array(0..<columns)
    var row = free
    var reached = 0.0
    var sink: Int?
    while sink == nil {
      var nearest = (position: 0, distance: Double.infinity)
      for (position, column) in open.enumerated() {
        let length = reached + cost(row, column) - rowPotential[row] - columnPotential[column]
        if length < distance[column] {
          distance[column] = length
          predecessor[column] = row
        }
        // Among equals a column that is still free ends the search.
        let isBetter =
          distance[column] < nearest.distance
          || (distance[column] == nearest.distance && rowOfColumn[column] == nil)
        if isBetter { nearest = (position, distance[column]) }
      }
      let column = open.remove(at: nearest.position)
      reached = nearest.distance
      if let next = rowOfColumn[column] {
        settled.append(column)
        row = next
      } else {
        sink = column
      }
    }

    rowPotential[free] += reached
    for column in settled {
      if let row = rowOfColumn[column] { rowPotential[row] += reached - distance[column] }
      columnPotential[column] -= reached - distance[column]
    }
    // Turn the pairs along the path.
    var column = sink
    while let current = column {
      let row = predecessor[current]
      column = columnOfRow[row]
      rowOfColumn[current] = row
      columnOfRow[row] = current
    }
  }
  return columnOfRow
}
