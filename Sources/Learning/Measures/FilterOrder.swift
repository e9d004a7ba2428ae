import Compute

/// How filters are put in order in a mosaic.
public enum FilterOrder: String, CaseIterable, Sendable {
  /// The most informative latents first.
  case activity
  /// The longest filters first.
  case norm
  /// Low spatial frequencies first.
  case frequency
  /// As the model has them.
  case index

  /// The filters' indices in this order; with `activity`, inactive ones come last.
  ///
  /// - Parameters:
  ///   - filters: Φ, `[latents, pixels]`.
  ///   - use: how much each is used.
  package func order(
    of filters: Matrix, active: [Bool], use: [Double], patchWidth: Int
  ) -> [Int] {
    let keys: [Double]
    switch self {
    case .activity:
      keys = zip(active, use).map { isActive, use in isActive ? -use : 1e6 - use }
    case .norm: keys = filters.rowEnergies.map { -$0 }
    case .frequency:
      keys = (0..<filters.rows).map { roughness(of: filters.row($0), width: patchWidth) }
    case .index: keys = (0..<filters.rows).map(Double.init)
    }
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }
}

/// Energy of the differences between neighbours over the energy: grows with spatial frequency.
private func roughness(of filter: ArraySlice<Float>, width: Int) -> Double {
  let w = Array(filter)
  var (differences, energy) = (0.0, 0.0)
  for index in w.indices {
    energy += Double(w[index] * w[index])
    if (index + 1) % width != 0 {
      differences += Double((w[index + 1] - w[index]) * (w[index + 1] - w[index]))
    }
    if index + width < w.count {
      differences += Double((w[index + width] - w[index]) * (w[index + width] - w[index]))
    }
  }
  return energy > 0 ? differences / energy : 0
}
