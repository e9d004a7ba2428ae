import Compute

extension DictionaryState {
  /// A state from its parts, as a checkpoint keeps them.
  ///
  /// - Parameters:
  ///   - dictionary: Φ, `[atoms, pixels]`
  ///   - idle: of each atom.
  ///   - codeProducts: `[atoms, atoms]`, or empty.
  ///   - patchProducts: `[atoms, pixels]`, or empty.
  ///   - variances: of each code, or empty.
  /// - Returns: nil where the sizes do not fit each other.
  public init?(
    step: Int, dictionary: Matrix, idle: [Int], codeProducts: [Float] = [],
    patchProducts: [Float] = [], variances: [Float] = []
  ) {
    let (atoms, pixels) = (dictionary.rows, dictionary.columns)
    guard step >= 0, idle.count == atoms, [0, atoms * atoms].contains(codeProducts.count),
      codeProducts.isEmpty ? patchProducts.isEmpty : patchProducts.count == atoms * pixels,
      [0, atoms].contains(variances.count)
    else { return nil }
    self.init(dictionary: dictionary)
    self.step = step
    self.idle = idle
    self.codeProducts = codeProducts
    self.patchProducts = patchProducts
    self.variances = variances
  }
}
