import Compute

// States lie in flat memory, `stateCount` numbers for each filter: models keep one such array
// beside Adam's moments.

extension FilterConstraint {
  /// Numbers in a state.
  package var stateCount: Int { MemoryLayout<State>.size / MemoryLayout<Float>.size }

  /// The names of a state's numbers, in their order.
  package func stateNames(of filter: FilterRow) -> [String] {
    Mirror(reflecting: initialState(of: filter)).children.map { $0.label ?? "" }
  }

  /// The numbers of the initial state of a filter.
  package func initialNumbers(of filter: FilterRow) -> [Float] {
    withUnsafeBytes(of: initialState(of: filter)) { bytes in
      (0..<stateCount).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Float>.size, as: Float.self)
      }
    }
  }

  /// `prepare` with the state in the context's memory.
  package func prepare(_ filter: FilterRow, gradient: FilterRow, _ context: ConstraintContext) {
    withState(of: filter, in: context) { prepare(filter, gradient: gradient, &$0, context) }
  }

  /// `project` with the state in the context's memory.
  package func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool {
    withState(of: filter, in: context) { project(filter, &$0) }
  }

  private func withState<Result>(
    of filter: FilterRow, in context: ConstraintContext, _ body: (inout State) -> Result
  ) -> Result {
    guard stateCount > 0, let base = context.state.baseAddress else {
      var state = initialState(of: filter)
      return body(&state)
    }
    precondition(
      context.state.count == stateCount,
      "\(context.state.count) numbers for a state of \(stateCount)")
    return base.withMemoryRebound(to: State.self, capacity: 1) { body(&$0.pointee) }
  }
}
