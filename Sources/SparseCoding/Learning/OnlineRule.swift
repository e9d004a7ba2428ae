import Compute
import Filters
import RealModule

/// Online dictionary learning: A ← βA + ⟨z zᵀ⟩, B ← βB + ⟨z xᵀ⟩, then Φ by block coordinate descent
/// on ½·tr(ΦᵀAΦ) − tr(ΦᵀB) with ‖φₖ‖ ≤ 1.
///
/// Averages over codes of the past, found under older dictionaries, which β = (1 − 1/t)^forgetting
/// lets fade. Mairal, Bach, Ponce & Sapiro 2009, "Online dictionary learning for sparse coding".
public struct OnlineRule: DictionaryRule {
  /// The exponent of β: 0 forgets nothing, larger values forget the early codes sooner.
  public var forgetting: Float
  /// Passes over the atoms at each update.
  public var passes: Int
  /// What holds the filters after each update, which keeps them within the unit ball.
  public var constraint: any FilterConstraint

  /// A rule of these properties.
  public init(
    forgetting: Float = 3, passes: Int = 1,
    constraint: any FilterConstraint = UnitNorm(tangent: false)
  ) {
    self.forgetting = forgetting
    self.passes = passes
    self.constraint = constraint
  }

  /// A and B with the batch, then Φ by passes over the atoms.
  public func update(_ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam) {
    accumulate(&state, batch, team: team)
    // An atom that was used a few times only has no statistics to follow yet.
    let floor: Float = 1e-6
    var scratch = [Float](repeating: 0, count: state.pixels)
    for _ in 0..<passes {
      Kernels.sparse.dictionary_pass(
        Int32(state.atoms), Int32(state.pixels), state.codeProducts, state.patchProducts, floor,
        &state.filters, &scratch)
    }
    if constraint is UnitBall { return }
    state.withFilters(constraint) { _, filter, memory in
      _ = constraint.project(filter, ConstraintContext(state: memory))
    }
  }

  private func accumulate(
    _ state: inout DictionaryState, _ batch: CodedBatch, team: ThreadTeam
  ) {
    if state.codeProducts.isEmpty {
      state.codeProducts = [Float](repeating: 0, count: state.atoms * state.atoms)
      state.patchProducts = [Float](repeating: 0, count: state.atoms * state.pixels)
    }
    let memory =
      state.step == 0 ? 0 : Float(Double.pow(1 - 1 / Double(state.step + 1), Double(forgetting)))
    let share = 1 / Float(max(batch.patches.rows, 1))
    let codes = batch.correlation(with: batch.codes, team: team)
    let patches = batch.correlation(with: batch.patches, team: team)
    for index in codes.elements.indices {
      state.codeProducts[index] = memory * state.codeProducts[index] + share * codes.elements[index]
    }
    for index in patches.elements.indices {
      state.patchProducts[index] =
        memory * state.patchProducts[index] + share * patches.elements[index]
    }
  }
}
