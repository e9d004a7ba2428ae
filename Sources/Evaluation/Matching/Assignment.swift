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
      var transposed = [Double](repeating: 0, count: costs.count)
      for row in 0..<rows {
        for column in 0..<columns {
          transposed[column * rows + row] = costs[row * columns + column]
        }
      }
      var result = [Int?](repeating: nil, count: rows)
      for (column, row) in augment(transposed, rows: columns, columns: rows).enumerated() {
        if let row { result[row] = column }
      }
      self.columns = result
    }
    cost = self.columns.enumerated().reduce(0) { sum, pair in
      pair.element.map { sum + costs[pair.offset * columns + $0] } ?? sum
    }
  }
}

/// Assigns each of `rows` ≤ `columns` rows, one augmenting path after another.
///
/// Columns are looked through in SciPy's order, so that equal costs are resolved alike.
private func augment(_ costs: [Double], rows: Int, columns: Int) -> [Int?] {
  costs.withUnsafeBufferPointer { costs in
    guard let start = costs.baseAddress else { return [] }
    let search = PathSearch(costs: start, rows: rows, columns: columns)
    defer { search.deallocate() }
    for row in 0..<rows { search.assign(row) }
    return (0..<rows).map { Int(search.columnOfRow[$0]) }
  }
}

/// Dijkstra's algorithm over columns, with reduced costs as lengths: plain memory, for speed.
private struct PathSearch {
  private let costs: UnsafePointer<Double>
  private let columns: Int
  /// u, v
  private let rowPotential, columnPotential: UnsafeMutablePointer<Double>
  /// −1 where there is none.
  let columnOfRow: UnsafeMutablePointer<Int32>
  private let rowOfColumn: UnsafeMutablePointer<Int32>
  /// Of each column from the free row, and the row before it on the path.
  private let distance: UnsafeMutablePointer<Double>
  private let predecessor: UnsafeMutablePointer<Int32>
  /// Columns not yet reached, then those that were, the latest first.
  private let order: UnsafeMutablePointer<Int32>

  init(costs: UnsafePointer<Double>, rows: Int, columns: Int) {
    func memory<Element>(_ count: Int, _ value: Element) -> UnsafeMutablePointer<Element> {
      let memory = UnsafeMutablePointer<Element>.allocate(capacity: count)
      memory.initialize(repeating: value, count: count)
      return memory
    }
    self.costs = costs
    self.columns = columns
    rowPotential = memory(rows, 0)
    columnPotential = memory(columns, 0)
    columnOfRow = memory(rows, -1)
    rowOfColumn = memory(columns, -1)
    distance = memory(columns, 0)
    predecessor = memory(columns, -1)
    order = memory(columns, 0)
  }

  func deallocate() {
    rowPotential.deallocate()
    columnPotential.deallocate()
    columnOfRow.deallocate()
    rowOfColumn.deallocate()
    distance.deallocate()
    predecessor.deallocate()
    order.deallocate()
  }

  /// Finds the shortest path from a free row to a free column, and turns the pairs along it.
  func assign(_ free: Int) {
    for position in 0..<columns {
      order[position] = Int32(columns - 1 - position)
      distance[position] = .infinity
    }
    var open = columns
    var row = free
    var reached = 0.0
    var sink = -1
    while sink < 0 {
      let position = nearest(from: row, at: reached, among: open)
      let column = Int(order[position])
      reached = distance[column]
      open -= 1
      order[position] = order[open]
      order[open] = Int32(column)
      if rowOfColumn[column] < 0 { sink = column } else { row = Int(rowOfColumn[column]) }
    }
    rowPotential[free] += reached
    // All columns that were reached but the last, which is free.
    for position in open + 1..<columns {
      let column = Int(order[position])
      rowPotential[Int(rowOfColumn[column])] += reached - distance[column]
      columnPotential[column] -= reached - distance[column]
    }
    var column = Int32(sink)
    while true {
      let row = predecessor[Int(column)]
      rowOfColumn[Int(column)] = row
      swap(&columnOfRow[Int(row)], &column)
      if Int(row) == free { break }
    }
  }

  /// Shortens the ways to open columns through `row`, and gives the nearest's place in `order`:
  /// among equals one that is still free, which ends the search.
  private func nearest(from row: Int, at reached: Double, among open: Int) -> Int {
    let costs = costs + row * columns
    let base = reached - rowPotential[row]
    var (place, least) = (0, Double.infinity)
    for position in 0..<open {
      let column = Int(order[position])
      let length = base + costs[column] - columnPotential[column]
      if length < distance[column] {
        distance[column] = length
        predecessor[column] = Int32(row)
      }
      let found = distance[column]
      if found < least || (found == least && rowOfColumn[column] < 0) {
        (place, least) = (position, found)
      }
    }
    return place
  }
}
