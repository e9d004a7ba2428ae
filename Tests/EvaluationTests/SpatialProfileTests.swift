import Compute
import Evaluation
import Foundation
import Testing

/// What filters of three channels look like in space.
@Suite struct SpatialProfileTests {
  private let side = 12
  private let team = ThreadTeam(count: 2)

  private func gabor(_ angle: Double) -> [Float] {
    (0..<side * side).map { pixel in
      let (x, y) = (Double(pixel % side) - 5.5, Double(pixel / side) - 5.5)
      let along = x * cos(angle) + y * sin(angle)
      return Float(exp(-(x * x + y * y) / 8) * cos(1.2 * along))
    }
  }

  private func coloured(_ profile: [Float], _ colour: [Float]) -> [Float] {
    colour.flatMap { weight in profile.map { weight * $0 } }
  }

  @Test func `filters of one channel are their own profiles`() {
    let filters = Matrix(rows: 2, columns: 144, elements: gabor(0) + gabor(1))
    #expect(filters.spatialProfiles(area: 144) == filters)
  }

  @Test func `one colour times one profile is that profile, lighter where it is positive`() {
    let profile = gabor(0.7)
    // A unit colour with a negative sum: the profile's sign turns.
    let filter = Matrix(rows: 1, columns: 432, elements: coloured(profile, [-0.8, 0, -0.6]))
    let found = filter.spatialProfiles(area: 144)
    let worst = zip(found.elements, profile).map { abs($0 + $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(worst)")
  }

  @Test func `what is not finite stays so`() {
    var filter = Matrix(rows: 1, columns: 432, elements: coloured(gabor(0), [1, 0, 0]))
    filter[0, 3] = .nan
    #expect(!filter.spatialProfiles(area: 144).elements.contains { $0.isFinite })
  }

  /// Filters that are Gabor functions in some colour have structure; noise in three channels has
  /// not, at the stated rate.
  @Test func `noise in colour is noise, and Gabor functions in any colour are not`() {
    var random = RandomStream(seed: 4, purpose: .evaluation)
    func normal(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.normal()) } }
    let patches = (0..<1000).flatMap { _ in
      (0..<4).reduce([Float](repeating: 0, count: 432)) { sum, _ in
        let part = coloured(gabor(Double.pi * random.uniform()), normal(3))
        return zip(sum, part).map { $0 + $1 }
      }
    }
    let test = NoiseTest(
      height: side, width: side, data: Matrix(rows: 1000, columns: 432, elements: patches),
      team: team)
    let structured = (0..<40).flatMap { coloured(gabor(0.08 * Double($0)), normal(3)) }
    let noise = normal(400 * 432)
    let verdicts = test.isNoiseLike(
      Matrix(rows: 440, columns: 432, elements: structured + noise), team: team)
    #expect(verdicts.prefix(40).allSatisfy { !$0 })
    // 0.9 % of 400 at most on average; 15 are beyond chance.
    #expect(verdicts.dropFirst(40).count { !$0 } < 15)
  }
}
