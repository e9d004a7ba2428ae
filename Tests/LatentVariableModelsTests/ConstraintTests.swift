import Compute
import Distributions
import Filters
import RealModule
import Testing

@testable import LatentVariableModels

/// The laws of every decoder constraint, over filters of many sizes and norms.
@Suite struct ConstraintTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var family: ConstraintFamily
    var tangent = false
    var learnsGain = false
    var constraint: any FilterConstraint {
      let settings = ["tangent": tangent ? 1 : 0, "learnsGain": learnsGain ? 1 : 0, "goal": 0.08]
      let made = try? family.constraint(defaults: settings)
      return made ?? Unconstrained()
    }
    var testDescription: String {
      family.rawValue + (tangent ? ", tangent" : "") + (learnsGain ? ", learned gain" : "")
    }

    /// The norms that are feasible in a filter's state.
    func isFeasible(_ norm: Double, state: [Float]) -> Bool {
      switch family {
      case .none: true
      case .unitBall: norm <= 1 + 1e-6
      case .unitNorm: abs(norm - 1) < 1e-6
      default:
        abs(norm - Double(state[1])) < 1e-6 * Double(state[1])
      }
    }
  }

  static let cases: [Case] =
    ConstraintFamily.allCases.map { Case(family: $0) } + [
      Case(family: .unitNorm, tangent: true),
      Case(family: .weightNormalization, learnsGain: true),
    ]

  /// A filter in memory of its own, with the constraint's state for it.
  final class Filter {
    var pixels: AlignedArray
    var gradient: AlignedArray
    var state: [Float]
    let constraint: any FilterConstraint

    init(_ pixels: [Float], _ constraint: any FilterConstraint) {
      self.pixels = AlignedArray(pixels)
      gradient = AlignedArray(count: pixels.count)
      self.constraint = constraint
      state = []
      state = constraint.initialNumbers(of: row)
    }

    var row: FilterRow { FilterRow(pixels.mutablePointer(), count: pixels.count) }

    /// ‖φ‖ in Double.
    var norm: Double {
      pixels.array.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    func project() -> Bool {
      state.withUnsafeMutableBufferPointer {
        constraint.project(row, ConstraintContext(state: $0))
      }
    }

    func prepare(adam: AdamStep = AdamStep(), codePower: Float = 0) {
      let slope = FilterRow(gradient.mutablePointer(), count: gradient.count)
      state.withUnsafeMutableBufferPointer {
        constraint.prepare(
          row, gradient: slope, ConstraintContext(state: $0, adam: adam, codePower: codePower))
      }
    }
  }

  /// Filters of `pixels` normal numbers, scaled.
  static func filters(_ constraint: any FilterConstraint) -> [Filter] {
    var random = RandomStream(seed: 11, purpose: .initialization)
    return [1, 2, 7, 16, 63, 144, 784].flatMap { pixels in
      [1e-12, 1e-3, 0.2, 1, 1.7, 40, 1e12].map { scale in
        Filter((0..<pixels).map { _ in Float(scale * random.normal()) }, constraint)
      }
    }
  }

  @Test(arguments: cases) func `projection is feasible`(_ test: Case) {
    for filter in Self.filters(test.constraint) {
      #expect(filter.project())
      #expect(
        test.isFeasible(filter.norm, state: filter.state),
        "\(filter.pixels.count) pixels, norm \(filter.norm), state \(filter.state)")
    }
  }

  @Test(arguments: cases) func `projection is idempotent to the bit`(_ test: Case) {
    for filter in Self.filters(test.constraint) {
      _ = filter.project()
      let once = filter.pixels.array
      #expect(filter.project())
      #expect(filter.pixels.array == once, "\(once.count) pixels, norm \(filter.norm)")
    }
  }

  @Test(arguments: cases) func `feasible filters stay as they are`(_ test: Case) {
    var random = RandomStream(seed: 12, purpose: .initialization)
    for pixels in [2, 16, 144] {
      let direction = (0..<pixels).map { _ in random.normal() }
      let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let filter = Filter(direction.map { Float($0 / norm) }, test.constraint)
      let before = filter.pixels.array
      #expect(filter.project())
      #expect(filter.pixels.array == before, "\(pixels) pixels")
    }
  }

  @Test(arguments: cases) func `projection keeps the direction`(_ test: Case) {
    for filter in Self.filters(test.constraint) {
      let before = filter.pixels.array.map(Double.init)
      let norm = filter.norm
      _ = filter.project()
      let along = zip(before, filter.pixels.array).reduce(0) { $0 + $1.0 * Double($1.1) }
      #expect(abs(along / norm / filter.norm - 1) < 1e-6, "\(before.count) pixels, norm \(norm)")
    }
  }

  @Test(arguments: cases) func `a filter of zeros is drawn anew, never NaN`(_ test: Case) {
    // In the unit ball, and without a constraint, zeros are feasible.
    if [.none, .unitBall].contains(test.family) { return }
    var model = Self.smallModel
    model.filters = Matrix(rows: 5, columns: 16)
    let step = TrainingStep(
      model, TrainingSettings(batch: 32, seed: 1), constraint: test.constraint,
      team: ThreadTeam(count: 1))
    let filters = step.model.filters
    #expect(filters.elements.allSatisfy { $0.isFinite })
    for k in 0..<filters.rows {
      let norm = filters.row(k).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(norm - 1) < 1e-6, "filter \(k): norm \(norm)")
      for other in 0..<k { #expect(filters.row(k) != filters.row(other)) }
    }
  }

  @Test(arguments: cases) func `trained filters satisfy the constraint`(_ test: Case) {
    var trainer = TrainingCase()
    trainer.constraint = test.constraint
    trainer.settings.learningRate = 0.02
    let state = trainer.trained(threads: 2).state
    let filters = state.model.filters
    let count = test.constraint.stateCount
    for k in 0..<filters.rows {
      let norm = filters.row(k).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let numbers = (0..<count).map { state.optimizer.constraint[k * count + $0] }
      #expect(norm.isFinite && norm > 0)
      #expect(test.isFeasible(norm, state: numbers), "filter \(k): norm \(norm), \(numbers)")
    }
  }
}
