import Compute
import RealModule

/// How sparse a set of codes is, by the field's measures side by side.
///
/// A measure is undefined for a code, or for a latent, that is zero throughout; those are left out
/// of its average, which is nil where nothing is left.
public struct Sparsity: Hashable, Sendable, Codable {
  /// |z| counts as non-zero above this multiple of the codes' root mean square: posterior means of
  /// a VAE are never exactly zero. 0 counts exact zeros, for classical sparse coding.
  public let relativeThreshold: Double
  /// Average number of non-zero latents per observation (L0).
  public let activeLatents: Double
  /// The same as a share of all latents.
  public let activeShare: Double
  /// E[(z−z̄)⁴]/E[(z−z̄)²]² − 3 over observations, averaged over latents; 0 for Gaussian, 3 for
  /// Laplace-distributed codes.
  public let excessKurtosis: Double?
  /// (√K − ‖z‖₁/‖z‖₂)/(√K − 1), averaged over observations; 0 where all |z| are equal, 1 where one
  /// latent alone is used. Hoyer 2004.
  public let hoyer: Double?
  /// Treves–Rolls sparseness of each latent over observations, averaged over latents.
  public let lifetimeSparseness: Double?
  /// Treves–Rolls sparseness of each code over latents, averaged over observations.
  public let populationSparseness: Double?

  /// Measures `codes`, `[observations, latents]`.
  public init(of codes: Matrix, relativeThreshold: Double = 0.1) {
    precondition(codes.rows > 0 && codes.columns > 0, "\(codes.rows) × \(codes.columns) codes")
    self.relativeThreshold = relativeThreshold
    let squares = codes.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
    let threshold = relativeThreshold * .sqrt(squares / Double(codes.elements.count))
    let active = codes.elements.reduce(0) { $0 + (abs(Double($1)) > threshold ? 1 : 0) }
    activeShare = Double(active) / Double(codes.elements.count)
    activeLatents = Double(active) / Double(codes.rows)

    let rows = (0..<codes.rows).map { codes.row($0).map(Double.init) }
    let transposed = codes.transposed
    let columns = (0..<codes.columns).map { transposed.row($0).map(Double.init) }
    excessKurtosis = average(columns.map(Self.excessKurtosis))
    hoyer = average(rows.map(Self.hoyer))
    lifetimeSparseness = average(columns.map(Self.trevesRolls))
    populationSparseness = average(rows.map(Self.trevesRolls))
  }

  /// E[(v−v̄)⁴]/E[(v−v̄)²]² − 3; nil for constant values.
  static func excessKurtosis(_ values: [Double]) -> Double? {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    var (second, fourth) = (0.0, 0.0)
    for value in values {
      let square = (value - mean) * (value - mean)
      second += square
      fourth += square * square
    }
    return second > 0 ? n * fourth / (second * second) - 3 : nil
  }

  /// Hoyer's measure; nil for zeros, or for a single value.
  static func hoyer(_ values: [Double]) -> Double? {
    let root = Double.sqrt(Double(values.count))
    let absolute = values.reduce(0) { $0 + abs($1) }
    let norm = Double.sqrt(values.reduce(0) { $0 + $1 * $1 })
    return norm > 0 && root > 1 ? (root - absolute / norm) / (root - 1) : nil
  }

  /// (1 − E[|v|]²/E[v²])/(1 − 1/n): 0 where all |v| are equal, 1 where one alone is non-zero.
  /// Treves & Rolls 1991, scaled as in Vinje & Gallant 2000. Nil for zeros, or a single value.
  static func trevesRolls(_ values: [Double]) -> Double? {
    let n = Double(values.count)
    let absolute = values.reduce(0) { $0 + abs($1) }
    let squares = values.reduce(0) { $0 + $1 * $1 }
    return squares > 0 && n > 1 ? (1 - absolute * absolute / (n * squares)) / (1 - 1 / n) : nil
  }
}

/// The mean of the values that are defined; nil where none is.
private func average(_ values: [Double?]) -> Double? {
  let defined = values.compactMap { $0 }
  return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
}
