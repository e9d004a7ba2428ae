import CKernels
import RealModule

// The structured posterior: what its patches share, its moments, and its covariance's gradient.
extension CPUEngine {
  package func center(_ x: Buffer, _ layer: DenseWeights, into y: Buffer) {
    guard
      begin(
        reading: Hazards.activations(x), Hazards.parameters(layer.biasPlaces),
        writing: Hazards.activations(y))
    else { return }
    for unit in member.share(of: blocks * x.units) {
      let (block, pixel) = (unit / x.units, unit % x.units)
      let (from, to) = (row(x, block, pixel), row(y, block, pixel))
      let bias = memory.values[layer.bias + pixel]
      for lane in 0..<DenseLayout.lanes { to[lane] = from[lane] - bias }
    }
  }

  package func couple(_ latents: LatentUnits) {
    guard let structured = latents.structured, let shared = memory.structured,
      case .rows(let stride, _) = structured.filters.storage,
      begin(
        reading: Hazards.parameters(structured.filters.weightPlaces),
        Hazards.parameters(structured.logNoise..<structured.logNoise + 1),
        Hazards.parameters(latents.logScales), writing: Hazards.coupling)
    else { return }
    for latent in member.share(of: latents.count) {
      shared.scales[latent] = Float(Double.exp(Double(memory.values[latents.logScale(latent)])))
    }
    let filters = memory.values + structured.filters.weights
    precision = Double.exp(-2 * Double(memory.values[structured.logNoise]))
    let (count, pixels) = (latents.count, structured.filters.outputs)
    // Rows grow: a thread takes them from both ends.
    for index in member.share(of: count) {
      let latent = index % 2 == 0 ? index / 2 : count - 1 - index / 2
      let filter = filters + latent * stride
      if structured.isByLatents {
        for other in 0...latent {
          let product = Float(precision) * elementwise.dot(pixels, filter, filters + other * stride)
          shared.gram[tile(latent, other)] = product
          if latent / side == other / side { shared.gram[tile(other, latent)] = product }
        }
      } else {
        for pixel in 0..<pixels { shared.columns[pixel * count + latent] = filter[pixel] }
      }
    }
  }

  private var side: Int { Int(SVAE_TILE_SIDE) }

  /// The place of a number of a symmetric matrix in tiles, of whose two the row's tile is not before
  /// the column's.
  private func tile(_ row: Int, _ column: Int) -> Int {
    let (i, j) = (row / side, column / side)
    return (i * (i + 1) / 2 + j) * side * side + row % side * side + column % side
  }

  /// Moments and divergences of all patches, sixteen at a time.
  func condition(_ latents: LatentUnits, _ structured: StructuredUnits) {
    guard let shared = memory.structured,
      begin(
        reading: Hazards.activations(latents.heads), structured.given, Hazards.coupling,
        structured.logContrast.map { Hazards.parameters($0..<$0 + 1) } ?? Hazards.none,
        writing: latents.drawn, Hazards.activations(latents.headGradient),
        Hazards.structuredSums)
    else { return }
    divergenceCount = 0
    groupCount = blocks * groupsPerBlock
    for group in member.share(of: groupCount) {
      let work = StructuredGroup(self, latents, structured, shared, group: group)
      shared.sums[group] = work.condition()
    }
  }

  package func resolve(_ latents: LatentUnits) {
    guard let structured = latents.structured, let shared = memory.structured,
      begin(
        reading: structured.given, Hazards.coupling,
        Hazards.activations(structured.priorVariance), writing: latents.drawn)
    else { return }
    for group in member.share(of: blocks * groupsPerBlock) {
      StructuredGroup(self, latents, structured, shared, group: group).resolve()
    }
  }

  /// What the covariances of a chunk say about the filters: Σ Cov(z)Φ/(σ² · patches).
  func addCovariance(of structured: StructuredUnits) {
    guard let shared = memory.structured, let covariances = shared.covariances,
      case .rows(let stride, _) = structured.filters.storage,
      begin(writing: Hazards.covariances)
    else { return }
    // All groups into the first.
    let own = member.share(of: shared.covarianceCount, grain: DenseLayout.lanes)
    for group in 1..<max(1, groupCount) {
      elementwise.add_scaled(
        own.count, 1, covariances + group * shared.covarianceCount + own.lowerBound,
        covariances + own.lowerBound)
    }
    guard
      begin(
        reading: Hazards.covariances, Hazards.parameters(structured.filters.weightPlaces),
        writing: Hazards.gradient(structured.filters.weightPlaces))
    else { return }
    let (count, pixels) = (structured.filters.inputs, structured.filters.outputs)
    let weight = Float(precision * memory.numbers.share)
    let filters = memory.values + structured.filters.weights
    for latent in member.share(of: count) {
      let gradient = memory.learning.gradient + structured.filters.weights + latent * stride
      if structured.isByLatents {
        for other in 0..<count {
          let place = other <= latent ? tile(latent, other) : tile(other, latent)
          elementwise.add_scaled(
            pixels, weight * covariances[place], filters + other * stride, gradient)
        }
      } else {
        elementwise.add_scaled(pixels, weight, covariances + latent * stride, gradient)
      }
    }
  }
}
