import Compute
import ImageData

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
  ///   - patch: height and width of a patch, in pixels.
  package func order(
    of filters: Matrix, active: [Bool], use: [Double], patch: ImageSize
  ) -> [Int] {
    let keys: [Double]
    switch self {
    case .activity:
      keys = zip(active, use).map { isActive, use in isActive ? -use : 1e6 - use }
    case .norm: keys = filters.rowEnergies.map { -$0 }
    case .frequency:
      keys = (0..<filters.rows).map { roughness(of: filters.row($0), patch) }
    case .index: keys = (0..<filters.rows).map(Double.init)
    }
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }
}

/// Energy of the differences between neighbours over the energy: grows with spatial frequency.
private func roughness(of filter: ArraySlice<Float>, _ patch: ImageSize) -> Double {
  let w = Array(filter)
  var (differences, energy) = (0.0, 0.0)
  for index in w.indices {
    energy += Double(w[index] * w[index])
    if (index + 1) % patch.width != 0 {
      differences += Double((w[index + 1] - w[index]) * (w[index + 1] - w[index]))
    }
    if index % patch.area + patch.width < patch.area {
      let difference = w[index + patch.width] - w[index]
      differences += Double(difference * difference)
    }
  }
  return energy > 0 ? differences / energy : 0
}
