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
      self.columns = augment(costs, rows: rows, columns: columns)
    } else {
      let transposed = (0..<costs.count).map { costs[$0 % rows * columns + $0 / rows] }
      let rowOfColumn = augment(transposed, rows: columns, columns: rows)
      var result = [Int?](repeating: nil, count: rows)
      for (column, row) in rowOfColumn.enumerated() { result[row] = column }
      self.columns = result
    }
    cost = self.columns.enumerated().reduce(0) { sum, pair in
      pair.element.map { sum + costs[pair.offset * columns + $0] } ?? sum
    }
  }
}

/// The column of each of `rows` ≤ `columns` rows, one augmenting path after another.
///
/// Columns are looked through in SciPy's order, so that equal costs are resolved alike.
private func augment(_ costs: [Double], rows: Int, columns: Int) -> [Int] {
  var search = PathSearch(costs: costs, rows: rows, columns: columns)
  for row in 0..<rows { search.assign(row) }
  return search.columnOfRow
}

/// Dijkstra's algorithm over columns, with reduced costs as lengths.
private struct PathSearch {
  private let costs: [Double]
  private let columns: Int
  /// u, v
  private var rowPotential, columnPotential: [Double]
  /// −1 where there is none.
  private(set) var columnOfRow, rowOfColumn: [Int]
  /// Of each column from the free row, and the row before it on the path.
  private var distance: [Double]
  private var predecessor: [Int]
  /// Columns not yet reached, then those that were, the latest first.
  private var order: [Int]

  init(costs: [Double], rows: Int, columns: Int) {
    (self.costs, self.columns) = (costs, columns)
    rowPotential = Array(repeating: 0, count: rows)
    columnPotential = Array(repeating: 0, count: columns)
    columnOfRow = Array(repeating: -1, count: rows)
    rowOfColumn = Array(repeating: -1, count: columns)
    (distance, predecessor, order) = (columnPotential, rowOfColumn, rowOfColumn)
  }

  /// Finds the shortest path from a free row to a free column, and turns the pairs along it.
  mutating func assign(_ free: Int) {
    for position in 0..<columns {
      order[position] = columns - 1 - position
      distance[position] = .infinity
    }
    var open = columns
    var row = free
    var reached = 0.0
    var sink = -1
    while sink < 0 {
      let position = nearest(from: row, at: reached, among: open)
      let column = order[position]
      reached = distance[column]
      open -= 1
      order.swapAt(position, open)
      if rowOfColumn[column] < 0 { sink = column } else { row = rowOfColumn[column] }
    }
    rowPotential[free] += reached
    // All columns that were reached but the last, which is free.
    for position in open + 1..<columns {
      let column = order[position]
      rowPotential[rowOfColumn[column]] += reached - distance[column]
      columnPotential[column] -= reached - distance[column]
    }
    repeat {
      row = predecessor[sink]
      rowOfColumn[sink] = row
      swap(&columnOfRow[row], &sink)
    } while row != free
  }

  /// Shortens the ways to open columns through `row`, and gives the nearest's place in `order`:
  /// among equals one that is still free, which ends the search.
  private mutating func nearest(from row: Int, at reached: Double, among open: Int) -> Int {
    let base = reached - rowPotential[row]
    var (place, least) = (0, Double.infinity)
    for position in 0..<open {
      let column = order[position]
      let length = base + costs[row * columns + column] - columnPotential[column]
      if length < distance[column] {
        distance[column] = length
        predecessor[column] = row
      }
      let found = distance[column]
      if found < least || (found == least && rowOfColumn[column] < 0) {
        (place, least) = (position, found)
      }
    }
    return place
  }
}
