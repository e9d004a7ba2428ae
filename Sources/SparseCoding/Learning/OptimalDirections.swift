import Compute

/// The method of optimal directions: Φ ← (⟨z zᵀ⟩ + εI)⁻¹·⟨z xᵀ⟩, then ‖φₖ‖ = 1.
///
/// The best dictionary for the codes of a batch, which should therefore be large. Atoms that the
/// batch does not use stay. Engan, Aase & Husøy 1999.
///
/// - Complexity: O(atoms³)
public struct OptimalDirections: DictionaryRule, Hashable, Codable {
  /// ε, relative to the mean of the diagonal.
  public var ridge: Double

  /// The method with ε = `ridge`.
  public init(ridge: Double = 1e-3) {
    self.ridge = ridge
  }

  /// The best dictionary for the batch's codes.
  public func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    let products = batch.correlation(with: batch.codes, team: team)
    let targets = batch.correlation(with: batch.patches, team: team)
    let used = (0..<state.atoms).filter { products[$0, $0] > 0 }
    if used.isEmpty { return }
    let order = used.count
    let trace = used.reduce(0.0) { $0 + Double(products[$1, $1]) }
    let epsilon = ridge * trace / Double(order)
    var system = [Double](repeating: 0, count: order * order)
    for (i, j) in used.enumerated() {
      for (l, k) in used.enumerated() { system[i * order + l] = Double(products[j, k]) }
      system[i * order + i] += epsilon
    }
    guard let factor = CholeskyFactor(system, order: order) else { return }
    // ε pulls towards the present filters, not towards zero.
    var filters = [Double](repeating: 0, count: state.pixels * order)
    for pixel in 0..<state.pixels {
      for (i, k) in used.enumerated() {
        filters[pixel * order + i] =
          Double(targets[k, pixel]) + epsilon * Double(state.filters[k * state.pixels + pixel])
      }
    }
    factor.solve(&filters)
    for pixel in 0..<state.pixels {
      for (i, k) in used.enumerated() {
        state.filters[k * state.pixels + pixel] = Float(filters[pixel * order + i])
      }
    }
    for atom in used { state.withFilter(atom) { $0.normalize() } }
  }
}
