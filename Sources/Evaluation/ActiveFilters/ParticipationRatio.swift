import Compute

/// (Σw²)²/Σw⁴ of each filter: over how many pixels its energy spreads. 1 for a single pixel, all
/// pixels for a constant; a third of them for white noise. 0 for a filter of zeros.
///
/// - Parameter filters: Φ, `[latents, pixels]`.
public func participationRatios(of filters: Matrix) -> [Double] {
  (0..<filters.rows).map { row in
    var (second, fourth) = (0.0, 0.0)
    for weight in filters.row(row) {
      let square = Double(weight) * Double(weight)
      second += square
      fourth += square * square
    }
    return fourth > 0 ? second * second / fourth : 0
  }
}
