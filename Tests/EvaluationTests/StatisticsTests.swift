import Compute
import Foundation
import Testing

@testable import Evaluation

/// What make_statistics.py wrote.
private struct Reference: Decodable {
  struct Quantile: Decodable { var probability, degreesOfFreedom, quantile: Double }
  struct IncompleteBeta: Decodable { var a, b, x, value: Double }
  struct Test: Decodable {
    var first, second: [Double]
    var t, p, cohensD, low, high: Double
  }
  struct Costs: Decodable {
    var rows, columns: Int
    var costs: [Double]
    var total: Double
    var columnsOfRows: [Int]
  }
  struct LargeAssignment: Decodable {
    var size: Int
    var columnsOfRows: [Int]
    var total: Double
  }
  var quantiles: [Quantile]
  var incompleteBetas: [IncompleteBeta]
  var tests: [Test]
  var assignments: [Costs]
  var largeAssignment: LargeAssignment

  static func load() throws -> Reference {
    let file = try #require(
      Bundle.module.url(
        forResource: "statistics", withExtension: "json", subdirectory: "Reference"))
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }
}

@Suite struct StatisticsTests {
  @Test func `quantiles of Student's t equal SciPy's`() throws {
    for row in try Reference.load().quantiles {
      let t = StudentT(degreesOfFreedom: row.degreesOfFreedom)
      let quantile = t.quantile(row.probability)
      #expect(abs(quantile - row.quantile) <= 1e-10 * (1 + abs(row.quantile)), "\(row)")
      let tail = t.upperTail(abs(quantile))
      #expect(abs((quantile > 0 ? 1 - tail : tail) - row.probability) < 1e-12, "\(row)")
    }
  }

  @Test func `the incomplete beta function equals SciPy's`() throws {
    for row in try Reference.load().incompleteBetas {
      let value = regularizedIncompleteBeta(a: row.a, b: row.b, x: row.x)
      #expect(abs(value - row.value) <= 1e-12 * row.value + 1e-300, "\(row): \(value)")
    }
  }

  @Test func `paired t-tests and intervals equal SciPy's`() throws {
    for row in try Reference.load().tests {
      let test = PairedTTest(row.first, row.second)
      #expect(abs(try #require(test.t) - row.t) < 1e-10 * (1 + abs(row.t)))
      #expect(abs(test.pValue - row.p) < 1e-10 * row.p)
      #expect(abs(try #require(test.cohensD) - row.cohensD) < 1e-10 * (1 + abs(row.cohensD)))
      let summary = SampleSummary(of: row.first)
      let halfWidth = try #require(summary.halfWidth)
      #expect(abs(summary.mean - halfWidth - row.low) < 1e-9)
      #expect(abs(summary.mean + halfWidth - row.high) < 1e-9)
    }
  }

  @Test func `one measurement has no interval, equal ones no spread`() {
    #expect(SampleSummary(of: [3]).halfWidth == nil)
    #expect(SampleSummary(of: [3, 3]).halfWidth == 0)
    let same = PairedTTest([1, 2, 3], [1, 2, 3])
    #expect(same.t == nil && same.pValue == 1)
    let shifted = PairedTTest([2, 3, 4], [1, 2, 3])
    #expect(shifted.t == .infinity && shifted.pValue == 0)
  }
}

@Suite struct MatchingTests {
  @Test func `assignments are SciPy's, of equal cost too`() throws {
    for row in try Reference.load().assignments {
      let found = Assignment(costs: row.costs, rows: row.rows, columns: row.columns)
      #expect(abs(found.cost - row.total) < 1e-9, "\(row.rows) × \(row.columns)")
      #expect(found.columns == row.columnsOfRows, "\(row.rows) × \(row.columns)")
    }
  }

  @Test func `a thousand rows are assigned as by SciPy`() throws {
    let reference = try Reference.load().largeAssignment
    let costs = (0..<UInt32(reference.size * reference.size)).map { index in
      var hash = index &* 2_654_435_761
      hash ^= hash >> 16
      hash = hash &* 2_246_822_519
      hash ^= hash >> 13
      return Double(hash) / 4_294_967_296
    }
    let found = Assignment(costs: costs, rows: reference.size, columns: reference.size)
    #expect(found.columns == reference.columnsOfRows)
    #expect(abs(found.cost - reference.total) < 1e-9)
  }

  @Test func `assignments cost the least of all permutations`() {
    var stream = RandomStream(seed: 4, purpose: .evaluation)
    func best(_ costs: [Double], _ row: Int, _ size: Int, _ used: Set<Int>) -> Double {
      if row == size { return 0 }
      return (0..<size).filter { !used.contains($0) }
        .map { costs[row * size + $0] + best(costs, row + 1, size, used.union([$0])) }
        .min() ?? .infinity
    }
    for size in 1...6 {
      for _ in 0..<20 {
        // Whole numbers, for ties.
        let costs = (0..<size * size).map { _ in stream.uniform(-4, 4).rounded() }
        let found = Assignment(costs: costs, rows: size, columns: size)
        #expect(found.cost == best(costs, 0, size, []), "\(size): \(costs)")
      }
    }
  }

  @Test func `left-over rows get no column`() {
    let found = Assignment(costs: [5, 1, 3], rows: 3, columns: 1)
    #expect(found.columns == [nil, 0, nil])
    #expect(found.cost == 1)
    #expect(Assignment(costs: [], rows: 0, columns: 0).columns == [])
  }

  @Test func `shuffled, scaled and negated filters are found again`() throws {
    let filters = NoiseFilters.white(filters: 30, pixels: 64, seed: 2)
    var stream = RandomStream(seed: 6, purpose: .shuffling)
    let order = stream.permutation(of: 30)
    var changed = filters.selectingRows(order)
    for index in changed.elements.indices {
      changed.elements[index] *= (index / 64) % 2 == 0 ? -0.1 : 7
    }
    let matching = FilterMatching(filters, changed)
    #expect(matching.pairs.allSatisfy { order[$0.second] == $0.first })
    #expect(matching.pairs.allSatisfy { ($0.cosine < 0) == ($0.second % 2 == 0) })
    #expect(abs(try #require(matching.meanSimilarity) - 1) < 1e-5)
  }

  @Test func `independent noise matches no better than chance, and zeros not at all`() throws {
    let first = NoiseFilters.white(filters: 30, pixels: 144, seed: 2)
    let chance = try #require(
      FilterMatching(first, NoiseFilters.white(filters: 40, pixels: 144, seed: 3)).meanSimilarity)
    #expect(chance < 0.3)
    let none = FilterMatching(first, Matrix(rows: 30, columns: 144))
    #expect(none.meanSimilarity == 0)
    #expect(FilterMatching(first, Matrix(rows: 0, columns: 144)).meanSimilarity == nil)
  }
}
