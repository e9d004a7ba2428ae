import Compute
import Filters

/// The decoder's part of a step: constraint, Adam, projection, filter by filter.
struct FilterUpdate: RowUpdate {
  let layout: ParameterLayout
  let constraint: any FilterConstraint
  /// Of filters that are drawn anew.
  let seed: UInt64
  let memory: CPUMemory

  func update(row latent: Int) {
    let learning = memory.learning
    let context = context(latent)
    constraint.prepare(
      filter(latent, in: memory.values), gradient: filter(latent, in: learning.gradient), context)
    let start = layout.filters + latent * layout.filterStride
    context.adam.update(
      memory.values + start, along: learning.gradient + start,
      first: learning.firstMoment + start, second: learning.secondMoment + start,
      count: layout.pixels)
    project(latent)
  }

  /// Projects a filter, drawing it anew where it has no direction left.
  func project(_ latent: Int) {
    if constraint.project(filter(latent, in: memory.values), context(latent)) { return }
    var random = RandomStream(
      seed: seed, purpose: .filterRedraw,
      step: Int(memory.numbers.step) &* layout.latents &+ latent)
    replace(latent, with: (0..<layout.pixels).map { _ in Float(random.normal()) })
  }

  /// Restarts a filter in the direction of `values`, at unit norm; Adam forgets the old one.
  func replace(_ latent: Int, with values: some Sequence<Float>) {
    let (row, context) = (filter(latent, in: memory.values), context(latent))
    for (pixel, value) in values.enumerated() { row[pixel] = value }
    row.normalize()
    for (index, value) in constraint.initialNumbers(of: row).enumerated() {
      context.state[index] = value
    }
    for moment in [memory.learning.firstMoment, memory.learning.secondMoment] {
      (moment + layout.filters + latent * layout.filterStride).update(
        repeating: 0, count: layout.pixels)
    }
    _ = constraint.project(row, context)
  }

  private func filter(_ latent: Int, in array: UnsafeMutablePointer<Float>) -> FilterRow {
    FilterRow(array + layout.filters + latent * layout.filterStride, count: layout.pixels)
  }

  private func context(_ latent: Int) -> ConstraintContext {
    let count = constraint.stateCount
    return ConstraintContext(
      state: UnsafeMutableBufferPointer(
        start: memory.learning.rows + latent * count, count: count),
      adam: memory.numbers.decoderAdam,
      codePower: memory.power[latent] / Float(memory.numbers.codes))
  }
}
