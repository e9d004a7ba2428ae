import Compute
import RealModule

/// All that changes while a dictionary is learned. Continuing from a stored state gives the same
/// dictionary, to the bit, as never having stopped.
public struct DictionaryState: Codable, Hashable, Sendable {
  /// Updates done.
  public internal(set) var step: Int
  /// Number of atoms, K.
  public let atoms: Int
  /// Number of pixels, D.
  public let pixels: Int
  /// Φ's elements, `[atoms, pixels]`, row-major.
  public internal(set) var filters: [Float]
  /// How many patches have passed since each atom was last used.
  public internal(set) var idle: [Int]
  /// Sufficient statistics of the codes, `[atoms, atoms]`, where the rule keeps them: Σ z zᵀ.
  public internal(set) var codeProducts: [Float]
  /// Sufficient statistics with the patches, `[atoms, pixels]`, where the rule keeps them: Σ z xᵀ.
  public internal(set) var patchProducts: [Float]
  /// Running variance of each code, where the rule keeps it.
  public internal(set) var variances: [Float]

  /// Φ, `[atoms, pixels]`, one filter a row.
  public var dictionary: Matrix { Matrix(rows: atoms, columns: pixels, elements: filters) }

  /// A start from given filters.
  public init(dictionary: Matrix) {
    step = 0
    atoms = dictionary.rows
    pixels = dictionary.columns
    filters = dictionary.elements
    idle = [Int](repeating: 0, count: dictionary.rows)
    codeProducts = []
    patchProducts = []
    variances = []
  }

  /// A start from unit-norm white noise.
  public init(atoms: Int, pixels: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .dictionaryLearning)
    self.init(
      dictionary: Matrix(
        rows: atoms, columns: pixels,
        elements: (0..<atoms * pixels).map { _ in Float(stream.normal()) }))
    for atom in 0..<atoms { normalizeFilter(atom) }
  }

  /// ‖φₖ‖₂
  public func norm(of atom: Int) -> Float {
    let sum = filters[atom * pixels..<(atom + 1) * pixels].reduce(0.0) {
      $0 + Double($1) * Double($1)
    }
    return Float(Double.sqrt(sum))
  }

  /// φₖ ← length·φₖ/‖φₖ‖₂; a zero filter stays zero.
  mutating func normalizeFilter(_ atom: Int, to length: Float = 1) {
    let norm = norm(of: atom)
    if norm > 0 { scaleFilter(atom, by: length / norm) }
  }

  /// φₖ ← factor·φₖ
  mutating func scaleFilter(_ atom: Int, by factor: Float) {
    for index in atom * pixels..<(atom + 1) * pixels { filters[index] *= factor }
  }

  /// Puts a new filter in the place of an atom, which forgets its past.
  mutating func replaceFilter(_ atom: Int, with filter: some Collection<Float>) {
    for (pixel, value) in filter.enumerated() { filters[atom * pixels + pixel] = value }
    normalizeFilter(atom)
    idle[atom] = 0
    if !codeProducts.isEmpty {
      for other in 0..<atoms {
        codeProducts[atom * atoms + other] = 0
        codeProducts[other * atoms + atom] = 0
      }
    }
    if !patchProducts.isEmpty {
      for pixel in 0..<pixels { patchProducts[atom * pixels + pixel] = 0 }
    }
    if !variances.isEmpty { variances[atom] = variances.reduce(0, +) / Float(atoms) }
  }
}
