import Compute
import Filters

/// The decoder's part of a step: constraint, Adam, projection, filter by filter.
struct DecoderUpdate {
  let layout: ParameterLayout
  let constraint: any FilterConstraint
  let parameters: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>
  let firstMoment: UnsafeMutablePointer<Float>
  let secondMoment: UnsafeMutablePointer<Float>
  let constraintState: UnsafeMutablePointer<Float>
  /// Σ z² over the batch, for each latent.
  let codePower: UnsafeMutablePointer<Float>
  let adam: AdamStep
  /// Codes in the batch: patches times samples.
  let codes: Int
  let seed: UInt64
  let step: Int

  /// One member's share of all filters, and of the bias.
  func update(as member: ThreadTeam.Member) {
    for latent in member.share(of: layout.latents) { update(filter: latent) }
    if member.index == 0 {
      move(from: layout.decoderBias, count: layout.pixels)
    }
  }

  /// Adds this chunk's z² to the code power of one member's share of the latents.
  func addCodePower(_ forward: ForwardPass, fresh: Bool, as member: ThreadTeam.Member) {
    for latent in member.share(of: layout.latents) {
      var power = fresh ? 0 : codePower[latent]
      for block in 0..<forward.blocks {
        let z = forward.workspace.z.row(block, latent)
        power += forward.elementwise.dot(DenseLayout.lanes, z, z)
      }
      codePower[latent] = power
    }
  }

  /// Projects a filter, drawing it anew where it has no direction left.
  func project(filter latent: Int) {
    if constraint.project(filter(latent, in: parameters), context(latent)) { return }
    var random = RandomStream(
      seed: seed, purpose: .filterRedraw, step: step &* layout.latents &+ latent)
    replace(filter: latent, with: (0..<layout.pixels).map { _ in Float(random.normal()) })
  }

  /// Begins a filter anew in the direction of `values`, at unit norm; Adam forgets the old one.
  func replace(filter latent: Int, with values: some Sequence<Float>) {
    let row = filter(latent, in: parameters)
    let context = context(latent)
    for (pixel, value) in values.enumerated() { row[pixel] = value }
    _ = row.normalize()
    for (index, value) in constraint.initialNumbers(of: row).enumerated() {
      context.state[index] = value
    }
    for moment in [firstMoment, secondMoment] {
      filter(latent, in: moment).scale(by: 0)
    }
    _ = constraint.project(row, context)
  }

  private func update(filter latent: Int) {
    constraint.prepare(
      filter(latent, in: parameters), gradient: filter(latent, in: gradient), context(latent))
    move(from: layout.filters + latent * layout.filterStride, count: layout.pixels)
    project(filter: latent)
  }

  private func move(from start: Int, count: Int) {
    adam.update(
      parameters + start, along: gradient + start, first: firstMoment + start,
      second: secondMoment + start, count: count)
  }

  private func filter(_ latent: Int, in array: UnsafeMutablePointer<Float>) -> FilterRow {
    FilterRow(
      array + layout.filters + latent * layout.filterStride, count: layout.pixels)
  }

  private func context(_ latent: Int) -> ConstraintContext {
    let count = constraint.stateCount
    return ConstraintContext(
      state: UnsafeMutableBufferPointer(start: constraintState + latent * count, count: count),
      adam: adam, codePower: codePower[latent] / Float(codes))
  }
}
