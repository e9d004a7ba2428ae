import Compute
import Filters

/// The decoder's part of a step: constraint, Adam, projection, filter by filter.
final class FilterUpdate: RowUpdate {
  private let layout: ParameterLayout
  private let constraint: any FilterConstraint
  private let seed: UInt64
  private let memory: CPUMemory
  /// The constraint's numbers; valid while the memory's parameters are.
  var state: UnsafeMutablePointer<Float>?

  init(
    _ layout: ParameterLayout, _ constraint: any FilterConstraint, seed: UInt64,
    _ memory: CPUMemory
  ) {
    self.layout = layout
    self.constraint = constraint
    self.seed = seed
    self.memory = memory
  }

  func update(row latent: Int) {
    guard let parameters = memory.parameters, let gradient = parameters.gradient,
      let first = parameters.firstMoment, let second = parameters.secondMoment,
      let context = context(latent)
    else { return }
    constraint.prepare(
      filter(latent, in: parameters.values), gradient: filter(latent, in: gradient), context)
    let start = layout.filters + latent * layout.filterStride
    context.adam.update(
      parameters.values + start, along: gradient + start, first: first + start,
      second: second + start, count: layout.pixels)
    project(latent)
  }

  /// Projects a filter, drawing it anew where it has no direction left.
  func project(_ latent: Int) {
    guard let parameters = memory.parameters, let context = context(latent) else { return }
    if constraint.project(filter(latent, in: parameters.values), context) { return }
    var random = RandomStream(
      seed: seed, purpose: .filterRedraw,
      step: Int(memory.numbers.step) &* layout.latents &+ latent)
    replace(latent, with: (0..<layout.pixels).map { _ in Float(random.normal()) })
  }

  /// Begins a filter anew in the direction of `values`, at unit norm; Adam forgets the old one.
  func replace(_ latent: Int, with values: some Sequence<Float>) {
    guard let parameters = memory.parameters, let context = context(latent) else { return }
    let row = filter(latent, in: parameters.values)
    for (pixel, value) in values.enumerated() { row[pixel] = value }
    _ = row.normalize()
    for (index, value) in constraint.initialNumbers(of: row).enumerated() {
      context.state[index] = value
    }
    for moment in [parameters.firstMoment, parameters.secondMoment] {
      if let moment { filter(latent, in: moment).scale(by: 0) }
    }
    _ = constraint.project(row, context)
  }

  private func filter(_ latent: Int, in array: UnsafeMutablePointer<Float>) -> FilterRow {
    FilterRow(array + layout.filters + latent * layout.filterStride, count: layout.pixels)
  }

  private func context(_ latent: Int) -> ConstraintContext? {
    guard let state else { return nil }
    let count = constraint.stateCount
    return ConstraintContext(
      state: UnsafeMutableBufferPointer(start: state + latent * count, count: count),
      adam: memory.numbers.decoderAdam,
      codePower: memory.power[latent] / Float(memory.numbers.codes))
  }
}
