import Compute
import Filters

/// Gradient ascent on the log-likelihood of the reconstruction: φₖ ← φₖ + ηₖ·⟨zₖ·(x − Φᵀz)⟩, then
/// the constraint.
///
/// The rate falls linearly from `rate` to `finalRate`. By default it is divided by the code's mean
/// square, ηₖ = η/(⟨zₖ²⟩ + damping): rare atoms then learn as fast as frequent ones, and η = 1 is
/// the step to the best φₖ for this batch.
public struct GradientRule: DictionaryRule {
  /// η at the first update.
  public var rate: Float
  /// η at the last.
  public var finalRate: Float
  /// Divides the rate by ⟨zₖ²⟩ + damping; nil leaves it as it is.
  public var damping: Float?
  /// What holds the filters.
  public var constraint: any FilterConstraint

  /// A rule of these properties.
  public init(
    rate: Float = 0.5, finalRate: Float = 0.01, damping: Float? = 0.1,
    constraint: any FilterConstraint = UnitNorm(tangent: false)
  ) {
    self.rate = rate
    self.finalRate = finalRate
    self.damping = damping
    self.constraint = constraint
  }

  /// One step along the batch's gradient, then the constraint.
  public func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    let eta = rate + (finalRate - rate) * batch.progress
    var gradient = batch.correlation(with: batch.residuals, team: team)
    let count = Float(max(batch.patches.rows, 1))
    let squares = batch.meanSquares
    state.withFilters(constraint) { atom, filter, memory in
      gradient.elements.withUnsafeMutableBufferPointer { elements in
        guard let base = elements.baseAddress else { return }
        let slope = FilterRow(base + atom * filter.count, count: filter.count)
        let context = ConstraintContext(state: memory, codePower: squares[atom])
        constraint.prepare(filter, gradient: slope, context)
        let scale = damping.map { 1 / (squares[atom] + $0) } ?? 1
        let factor = eta * scale / count
        for pixel in 0..<filter.count { filter[pixel] += factor * slope[pixel] }
        // A filter of zeros stays as it is, until it is replaced.
        _ = constraint.project(filter, context)
      }
    }
  }
}

extension CodedBatch {
  /// ⟨zₖ²⟩ over the batch, of each atom.
  var meanSquares: [Float] {
    var sums = [Double](repeating: 0, count: codes.columns)
    for row in 0..<codes.rows {
      let first = row * codes.columns
      for atom in 0..<codes.columns {
        let value = Double(codes.elements[first + atom])
        sums[atom] += value * value
      }
    }
    return sums.map { Float($0 / Double(max(codes.rows, 1))) }
  }
}
