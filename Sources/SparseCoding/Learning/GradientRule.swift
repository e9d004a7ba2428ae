import Compute
import RealModule

/// Gradient ascent on the log-likelihood of the reconstruction: φₖ ← φₖ + ηₖ·⟨zₖ·(x − Φᵀz)⟩, then
/// the filters' norms.
///
/// The rate falls linearly from `rate` to `finalRate`. By default it is divided by the code's mean
/// square, ηₖ = η/(⟨zₖ²⟩ + damping): rare atoms then learn as fast as frequent ones, and η = 1 is
/// the step to the best φₖ for this batch.
public struct GradientRule: DictionaryRule, Hashable, Codable {
  /// η at the first update.
  public var rate: Float
  /// η at the last.
  public var finalRate: Float
  /// Divides the rate by ⟨zₖ²⟩ + damping; nil leaves it as it is.
  public var damping: Float?
  /// What holds the filters' norms.
  public var norms: FilterNorms

  public init(
    rate: Float = 0.5, finalRate: Float = 0.01, damping: Float? = 0.1, norms: FilterNorms = .unit
  ) {
    self.rate = rate
    self.finalRate = finalRate
    self.damping = damping
    self.norms = norms
  }

  public func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    let eta = rate + (finalRate - rate) * batch.progress
    let gradient = batch.correlation(with: batch.residuals, team: team)
    let count = Float(max(batch.patches.rows, 1))
    let squares = batch.meanSquares
    let previous = (0..<state.atoms).map { state.norm(of: $0) }
    for atom in 0..<state.atoms {
      let scale = damping.map { 1 / (squares[atom] + $0) } ?? 1
      let factor = eta * scale / count
      for index in atom * state.pixels..<(atom + 1) * state.pixels {
        state.filters[index] += factor * gradient.elements[index]
      }
    }
    norms.apply(to: &state, previous: previous, meanSquares: squares)
  }
}

/// What holds the norms of filters that a gradient changes.
public enum FilterNorms: Hashable, Codable, Sendable {
  /// ‖φₖ‖ = 1
  case unit
  /// ‖φₖ‖ ≤ 1
  case unitBall
  /// Olshausen & Field's gain rule: vₖ ← (1 − memory)·vₖ + memory·⟨zₖ²⟩, and the norm before the
  /// gradient step times (vₖ/goal)^exponent, within `lowest` … `highest`.
  ///
  /// Norms change until every code has the variance `goal`, where that is possible: a weak filter's
  /// code is penalised more, so that below some norm its variance falls rather than rises. The
  /// limits keep such filters in the race. Olshausen & Field 1997.
  case varianceMatching(
    goal: Float, memory: Float = 0.05, exponent: Float = 0.01, lowest: Float = 0.7,
    highest: Float = 1.5)

  /// - Parameters:
  ///   - previous: the filters' norms before the gradient changed them.
  ///   - meanSquares: ⟨zₖ²⟩ over the batch.
  func apply(to state: inout DictionaryState, previous: [Float], meanSquares: [Float]) {
    switch self {
    case .unit:
      for atom in 0..<state.atoms { state.normalizeFilter(atom) }
    case .unitBall:
      for atom in 0..<state.atoms where state.norm(of: atom) > 1 { state.normalizeFilter(atom) }
    case .varianceMatching(let goal, let memory, let exponent, let lowest, let highest):
      if state.variances.isEmpty {
        state.variances = [Float](repeating: goal, count: state.atoms)
      }
      for atom in 0..<state.atoms {
        let variance = (1 - memory) * state.variances[atom] + memory * meanSquares[atom]
        state.variances[atom] = variance
        let gain = Float(Double.pow(Double(variance / goal), Double(exponent)))
        state.normalizeFilter(atom, to: min(max(gain * previous[atom], lowest), highest))
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
