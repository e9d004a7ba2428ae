import Compute
import Filters
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
  /// The numbers that a constraint keeps for each filter, by their names, `[atoms]` each.
  public internal(set) var constraint: [String: [Float]]

  /// Φ, `[atoms, pixels]`, one filter a row; rules change it.
  public var dictionary: Matrix {
    get { Matrix(rows: atoms, columns: pixels, elements: filters) }
    set {
      precondition(
        newValue.rows == atoms && newValue.columns == pixels,
        "\(newValue.rows) × \(newValue.columns) for \(atoms) filters of \(pixels) pixels")
      filters = newValue.elements
    }
  }

  /// A start from given filters.
  public init(dictionary: Matrix) {
    step = 0
    atoms = dictionary.rows
    pixels = dictionary.columns
    filters = dictionary.elements
    idle = [Int](repeating: 0, count: dictionary.rows)
    codeProducts = []
    patchProducts = []
    constraint = [:]
  }

  /// A start from unit-norm white noise.
  public init(atoms: Int, pixels: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .dictionaryLearning)
    self.init(
      dictionary: Matrix(
        rows: atoms, columns: pixels,
        elements: (0..<atoms * pixels).map { _ in Float(stream.normal()) }))
    for atom in 0..<atoms { withFilter(atom) { $0.normalize() } }
  }

  /// A state from its parts, as a checkpoint keeps them.
  ///
  /// - Parameters:
  ///   - dictionary: Φ, `[atoms, pixels]`
  ///   - idle: of each atom.
  ///   - codeProducts: `[atoms, atoms]`, or empty.
  ///   - patchProducts: `[atoms, pixels]`, or empty.
  ///   - constraint: the numbers that a constraint keeps, `[atoms]` each, by their names.
  /// - Returns: nil where the sizes do not fit each other.
  public init?(
    step: Int, dictionary: Matrix, idle: [Int], codeProducts: [Float] = [],
    patchProducts: [Float] = [], constraint: [String: [Float]] = [:]
  ) {
    let (atoms, pixels) = (dictionary.rows, dictionary.columns)
    guard step >= 0, idle.count == atoms, [0, atoms * atoms].contains(codeProducts.count),
      codeProducts.isEmpty ? patchProducts.isEmpty : patchProducts.count == atoms * pixels,
      constraint.values.allSatisfy({ $0.count == atoms })
    else { return nil }
    self.init(dictionary: dictionary)
    self.step = step
    self.idle = idle
    self.codeProducts = codeProducts
    self.patchProducts = patchProducts
    self.constraint = constraint
  }

  /// ‖φₖ‖₂
  public func norm(of atom: Int) -> Float {
    let sum = filters[atom * pixels..<(atom + 1) * pixels].reduce(0.0) {
      $0 + Double($1) * Double($1)
    }
    return Float(Double.sqrt(sum))
  }

  /// Hands out a filter, to be changed in place.
  mutating func withFilter(_ atom: Int, _ body: (FilterRow) -> Void) {
    filters.withUnsafeMutableBufferPointer { filters in
      guard let base = filters.baseAddress else { return }
      body(FilterRow(base + atom * pixels, count: pixels, sums: .double))
    }
  }

  /// Hands out every filter in turn, with the numbers that the constraint keeps for it.
  mutating func withFilters(
    _ constraint: any FilterConstraint,
    _ body: (_ atom: Int, FilterRow, _ memory: UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    var names: [String] = []
    withFilter(0) { names = constraint.stateNames(of: $0) }
    let known = self.constraint
    for atom in 0..<atoms {
      var memory: [Float] = []
      withFilter(atom) { memory = constraint.initialNumbers(of: $0) }
      for (index, name) in names.enumerated() {
        memory[index] = known[name]?[atom] ?? memory[index]
      }
      memory.withUnsafeMutableBufferPointer { memory in
        withFilter(atom) { body(atom, $0, memory) }
      }
      for (name, number) in zip(names, memory) {
        self.constraint[name, default: [Float](repeating: number, count: atoms)][atom] = number
      }
    }
  }

  /// Puts a new filter in the place of an atom, which forgets its past.
  mutating func replaceFilter(_ atom: Int, with filter: some Collection<Float>) {
    for (pixel, value) in filter.enumerated() { filters[atom * pixels + pixel] = value }
    withFilter(atom) { $0.normalize() }
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
    // What a constraint does not know of the new filter yet is taken as of the others.
    for (name, numbers) in constraint {
      constraint[name]?[atom] = numbers.reduce(0, +) / Float(atoms)
    }
  }
}
