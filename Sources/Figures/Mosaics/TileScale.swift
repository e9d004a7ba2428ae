/// How the values of filters or patches become greys.
public enum TileScale: Hashable, Sendable {
  /// Zero is middle grey; each tile is scaled to its own largest absolute value.
  case symmetricEach
  /// Zero is middle grey; all tiles share one scale, so that their contrasts compare. One value in
  /// 200 may be clipped.
  case symmetricCommon
  /// Black to white is the range of all tiles' values, but for one value in 200 at either end.
  case rangeCommon

  /// The greys of each row of `values`, 0 black and 1 white; what is not finite stays NaN.
  func greys(of values: [ArraySlice<Float>]) -> [[Float]] {
    switch self {
    case .symmetricEach:
      return values.map { tile in
        let largest = tile.lazy.filter(\.isFinite).map(abs).max() ?? 0
        return symmetric(tile, largest: largest)
      }
    case .symmetricCommon:
      let absolute = values.joined().filter(\.isFinite).map(abs).sorted()
      // Where nearly all values vanish, the largest sets the scale.
      let quantile = element(of: absolute, at: 0.995)
      let largest = quantile > 0 ? quantile : absolute.last ?? 0
      return values.map { symmetric($0, largest: largest) }
    case .rangeCommon:
      let sorted = values.joined().filter(\.isFinite).sorted()
      let low = element(of: sorted, at: 0.005)
      let span = element(of: sorted, at: 0.995) - low
      return values.map { tile in
        tile.map { value in
          value.isFinite ? (span > 0 ? clipped((value - low) / span) : 0.5) : .nan
        }
      }
    }
  }

  private func symmetric(_ tile: ArraySlice<Float>, largest: Float) -> [Float] {
    tile.map { value in
      value.isFinite ? (largest > 0 ? clipped(0.5 + 0.5 * (value / largest)) : 0.5) : .nan
    }
  }

  private func clipped(_ grey: Float) -> Float { min(max(grey, 0), 1) }

  private func element(of sorted: [Float], at quantile: Double) -> Float {
    sorted.isEmpty ? 0 : sorted[Int((Double(sorted.count - 1) * quantile).rounded())]
  }
}
