import CKernels
import RealModule

/// Groups of sixteen patches in a block of 32.
let groupsPerBlock = DenseLayout.lanes / Int(SVAE_GROUP)

/// Sixteen patches whose latents are conditioned together.
struct StructuredGroup {
  private let engine: CPUEngine
  private let latents: LatentUnits
  private let structured: StructuredUnits
  private let block: Int
  private let first: Int
  private let lanes: Int
  private let isTrained: Bool
  private var given: svae_structured
  private var laplace: svae_laplace_group

  init(
    _ engine: CPUEngine, _ latents: LatentUnits, _ structured: StructuredUnits,
    _ shared: StructuredMemory, group: Int
  ) {
    (self.engine, self.latents, self.structured) = (engine, latents, structured)
    let memory = engine.memory
    let (block, first) = (group / groupsPerBlock, group % groupsPerBlock * Int(SVAE_GROUP))
    let lanes = min(max(0, engine.lanes(in: block) - first), Int(SVAE_GROUP))
    func rows(_ buffer: Buffer, _ unit: Int = 0) -> UnsafeMutablePointer<Float> {
      engine.row(buffer, block, unit) + first
    }
    (self.block, self.first, self.lanes) = (block, first, lanes)
    isTrained = shared.covariances != nil
    let count = latents.count
    let (filters, member) = (structured.filters, engine.member.index)
    let variance = latents.spread.map { rows($0.variance) }
    let logDeterminant = shared.logDeterminants[member]
    given = svae_structured(
      latents: count, pixels: filters.outputs, lanes: lanes,
      filters: memory.values + filters.weights,
      stride: DenseLayout.padded(filters.outputs), columns: shared.columns,
      precision: Float(engine.precision), gram: shared.gram, drive: rows(structured.drive),
      centred: rows(structured.centred), prior_variance: rows(structured.priorVariance),
      mean: rows(latents.z), variance: variance, log_determinant: logDeterminant,
      sums: shared.covariances.map { $0 + group * shared.covarianceCount },
      scratch: shared.scratch[member])
    let range = structured.kernel?.logScaleRange ?? 0...0
    laplace = svae_laplace_group(
      latents: count, lanes: lanes, scales: shared.scales,
      contrast_scale: structured.logContrast.map { Float(Double.exp(Double(memory.values[$0]))) }
        ?? 0,
      low: range.lowerBound, high: range.upperBound, weight: Float(memory.numbers.share),
      mean_head: rows(latents.heads), log_scale_head: rows(latents.heads, count),
      prior_variance: rows(structured.priorVariance), mean: rows(latents.z), variance: variance,
      log_determinant: logDeterminant, kl: rows(latents.divergence),
      d_mean: rows(latents.headGradient), d_log_scale: rows(latents.headGradient, count),
      scale_slopes: shared.scaleSlopes.map { $0 + group * count }, patch: rows(structured.patch))
  }

  /// μ and Σ at the c of before, for another x − b.
  func resolve() {
    var given = given
    given.sums = nil
    if structured.isByLatents {
      engine.structuredKernels.by_latents(&given)
    } else {
      engine.structuredKernels.by_pixels(&given)
    }
  }

  /// Expansion, moments, slopes of the heads, refinements, divergences.
  func condition() -> svae_laplace_sums {
    let kernels = engine.structuredKernels
    let refinements = structured.rule.refinements
    var last = given
    if refinements > 0 { last.sums = nil }
    return withUnsafePointer(to: laplace) { laplace in
      if structured.kernel != nil { kernels.expand(laplace) } else { expand() }
      for pass in 0...refinements {
        if pass == refinements { last.sums = given.sums }
        if structured.isByLatents { kernels.by_latents(&last) } else { kernels.by_pixels(&last) }
        if pass == 0, isTrained {
          if structured.kernel != nil { kernels.slopes(laplace) } else { slopes() }
        }
        if pass == refinements { break }
        if structured.kernel != nil { kernels.refine(laplace) } else { refine() }
      }
      return structured.kernel != nil ? kernels.measure(laplace) : measure()
    }
  }

  // MARK: The rule itself, for priors without a kernel

  private func scale(_ latent: Int) -> Double {
    Double.exp(Double(engine.memory.values[latents.logScale(latent)]))
  }

  private func heads(_ latent: Int, _ lane: Int) -> SIMD4<Double> {
    var heads = SIMD4<Double>.zero
    for head in 0..<latents.rule.headCount {
      let unit = head * latents.count + latent
      heads[head] = Double(engine.row(latents.heads, block, unit)[first + lane])
    }
    return heads
  }

  private func forEachPlace(_ body: (_ latent: Int, _ lane: Int, _ place: Int) -> Void) {
    for latent in 0..<latents.count {
      for lane in 0..<Int(SVAE_GROUP) { body(latent, lane, latent * DenseLayout.lanes + lane) }
    }
  }

  private func expand() {
    forEachPlace { latent, lane, place in
      let expansion = structured.rule.expansion(heads(latent, lane), priorScale: scale(latent))
      laplace.prior_variance[place] = Float(expansion.variance)
    }
  }

  private func moment(_ place: Int) -> Double {
    let mean = Double(given.mean[place])
    return mean * mean + Double(given.variance[place])
  }

  private func slopes() {
    forEachPlace { latent, lane, place in
      let expansion = structured.rule.expansion(heads(latent, lane), priorScale: scale(latent))
      let slope = expansion.slope(at: moment(place)) * Double(laplace.weight)
      for head in 0..<latents.rule.headCount {
        let unit = head * latents.count + latent
        engine.row(latents.headGradient, block, unit)[first + lane] =
          lane < lanes ? Float(slope * expansion.slopes[head]) : 0
      }
    }
  }

  private func refine() {
    forEachPlace { latent, _, place in
      let expansion = structured.rule.expansion(
        secondMoment: moment(place), priorScale: scale(latent))
      laplace.prior_variance[place] = Float(expansion.variance)
    }
  }

  private func measure() -> svae_laplace_sums {
    var sums = svae_laplace_sums()
    var (logVariances, known) = (SIMD16<Double>.zero, SIMD16<Double>.zero)
    forEachPlace { latent, lane, place in
      if lane == 0 { laplace.scale_slopes?[latent] = 0 }
      guard lane < lanes else {
        given.mean?[place] = 0
        given.variance?[place] = 0
        laplace.kl[place] = 0
        return
      }
      let variance = Double(given.variance[place])
      let found = structured.rule.divergence(
        mean: Double(given.mean[place]), variance: variance, priorScale: scale(latent))
      laplace.kl[place] = Float(found.value)
      logVariances[lane] += Double.log(variance)
      known[lane] += 1 - variance / Double(laplace.prior_variance[place])
      sums.divergence += Float(found.value)
      sums.scale_slope += Float(found.scaleSlope)
      laplace.scale_slopes?[latent] += Float(found.scaleSlope)
    }
    for lane in 0..<Int(SVAE_GROUP) {
      let isReal = lane < lanes
      let joint = isReal ? (logVariances[lane] - Double(given.log_determinant[lane])) / 2 : 0
      let numbers = SIMD4(joint, 0, 0, isReal ? known[lane] : 0)
      for row in 0..<4 { laplace.patch[row * DenseLayout.lanes + lane] = Float(numbers[row]) }
      sums.divergence += Float(joint)
      sums.trace += Float(numbers[3])
    }
    return sums
  }
}
