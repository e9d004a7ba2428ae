import Compute

extension DictionaryState {
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
}
