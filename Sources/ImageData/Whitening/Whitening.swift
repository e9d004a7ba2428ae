/// How the correlations between neighbouring pixels are taken out before learning.
public enum Whitening: String, CaseIterable, Codable, Hashable, Sendable {
  /// Whole images are filtered by R(f) = f·exp(−(f/f₀)⁴) (Olshausen & Field 1997).
  case olshausenField = "olshausen-field"
  /// Patches in the basis of their principal components, each divided by √(λ + ε).
  case pca
  /// The same, turned back into pixels: the whitening that changes the patches least.
  case zca
  /// Nothing but means and scale.
  case none

  /// The name in the data's check; `cutoff` is f₀, in cycles/pixel.
  func title(cutoff: Double) -> String {
    switch self {
    case .olshausenField: "Olshausen–Field, f₀ = \(cutoff) cycles/pixel"
    case .pca, .zca: rawValue.uppercased()
    case .none: rawValue
    }
  }
}
