import CKernels
import RealModule

// Latents and the likelihood: samples, divergences, residuals, and what they add up to.
extension CPUEngine {
  package func draw(_ latents: LatentUnits, sample: Int) {
    if let structured = latents.structured { return condition(latents, structured) }
    let gradient = latents.gradient(sample: sample)
    guard
      begin(
        reading: Hazards.activations(latents.heads),
        Hazards.parameters(latents.logScales),
        latents.numbers.map(Hazards.parameters) ?? Hazards.none,
        writing: latents.drawn, Hazards.activations(gradient), Hazards.divergenceSums)
    else { return }
    let grain = CPUMemory.latentGrain
    let pieces = (latents.count + grain - 1) / grain
    divergenceCount = blocks * pieces
    numberCount = latents.numbers?.count == 1 ? blocks * latents.count : 0
    for unit in member.share(of: blocks * pieces) {
      let (block, first) = (unit / pieces, unit % pieces * grain)
      let range = first..<min(first + grain, latents.count)
      if latents.isNoisy { fill(latents, block, range, sample) }
      if latents.hasOwnScales {
        memory.scaleGradients[unit] = 0
        for latent in range {
          let slope = moments(latents, gradient, block, latent..<latent + 1)
          memory.ownScaleGradients[block * latents.count + latent] = slope
          memory.scaleGradients[unit] += slope
        }
      } else {
        memory.scaleGradients[unit] = moments(latents, gradient, block, range)
      }
      memory.divergenceSums[unit] = elementwise.sum(
        range.count * DenseLayout.lanes, row(latents.divergence, block, first))
    }
  }

  /// What some latents of one scale make of their heads.
  ///
  /// - Returns: β · Σ ∂KL/∂log s, weighted by its share.
  private func moments(
    _ latents: LatentUnits, _ gradient: Buffer, _ block: Int, _ range: Range<Int>
  ) -> Float {
    let weight = Float(memory.numbers.weight)
    let scale = Double.exp(Double(memory.values[latents.logScale(range.lowerBound)]))
    if let kernel = latents.kernel {
      return run(kernel, latents, gradient, block, range, weight, scale)
    }
    if let kernel = latents.atoms {
      return run(kernel, latents, gradient, block, range, weight, scale)
    }
    return apply(latents, gradient, block, range, weight, scale)
  }

  /// The noise of some latents: a function of seed, step, sample, and place in the batch.
  private func fill(_ latents: LatentUnits, _ block: Int, _ range: Range<Int>, _ sample: Int) {
    let numbers = memory.numbers
    let place = (chunk.start / DenseLayout.lanes + block) * latents.count + range.lowerBound
    let purpose = numbers.purpose.rawValue + UInt32(truncatingIfNeeded: sample) << 8
    let draw = latents.noiseLaw == .normal ? elementwise.normals : elementwise.laplaces
    draw?(
      range.count, UInt64(place), numbers.seed, numbers.step, purpose,
      row(latents.noise, block, range.lowerBound))
  }

  /// The compiled kernel over some latents of a block.
  ///
  /// - Returns: `weight` · Σ ∂KL/∂log s.
  private func run(
    _ kernel: LatentKernel, _ latents: LatentUnits, _ gradient: Buffer, _ block: Int,
    _ range: Range<Int>, _ weight: Float, _ scale: Double
  ) -> Float {
    let (first, second) = (range.lowerBound, latents.count + range.lowerBound)
    var planes = svae_latent_planes(
      latents: range.count, lanes: lanes(in: block), posterior: kernel.noise.kernel,
      prior: kernel.prior.parameters(scale: scale),
      low: kernel.logScaleRange.lowerBound,
      high: kernel.logScaleRange.upperBound, weight: weight,
      mean: row(latents.heads, block, first),
      log_scale: row(latents.heads, block, second), noise: row(latents.noise, block, first),
      z: row(latents.z, block, first), tau_noise: row(latents.slopes, block, first),
      kl: row(latents.divergence, block, first), d_mean: row(gradient, block, first),
      d_log_scale: row(gradient, block, second),
      variance: latents.spread.map { row($0.variance, block, first) })
    return latentKernels.draw(&planes)
  }

  /// The rule itself over some latents of a block, for those without a kernel.
  ///
  /// - Returns: `weight` · Σ ∂KL/∂log s.
  private func apply(
    _ latents: LatentUnits, _ gradient: Buffer, _ block: Int, _ range: Range<Int>,
    _ weight: Float, _ scale: Double
  ) -> Float {
    let lanes = lanes(in: block)
    let heads = latents.rule.headCount
    var scaleGradient = 0.0
    for latent in range {
      let number = latents.number(of: latent)
      var numberSlope = 0.0
      for lane in 0..<DenseLayout.lanes {
        var given = SIMD4<Double>.zero
        for head in 0..<heads {
          given[head] = Double(row(latents.heads, block, head * latents.count + latent)[lane])
        }
        if let number { given[heads] = Double(memory.values[number]) }
        let draw =
          lane < lanes
          ? latents.draw(
            given, noise: Double(row(latents.noise, block, latent)[lane]), priorScale: scale)
          : LatentDraw(
            z: 0, slopes: .zero, divergence: 0, divergenceSlopes: .zero, scaleSlope: 0)
        row(latents.z, block, latent)[lane] = Float(draw.z)
        row(latents.divergence, block, latent)[lane] = Float(draw.divergence)
        if let spread = latents.spread {
          row(spread.variance, block, latent)[lane] = Float(draw.variance)
        }
        for head in 0..<heads {
          let unit = head * latents.count + latent
          row(latents.slopes, block, unit)[lane] = Float(draw.slopes[head])
          row(gradient, block, unit)[lane] = weight * Float(draw.divergenceSlopes[head])
          if let spread = latents.spread {
            row(spread.slopes, block, unit)[lane] = Float(draw.varianceSlopes[head])
          }
        }
        scaleGradient += draw.scaleSlope
        numberSlope += draw.numberSlope
      }
      memory.numberSlopes[block * latents.count + latent] = weight * Float(numberSlope)
    }
    return weight * Float(scaleGradient)
  }

  package func drawBackward(_ latents: LatentUnits, sample: Int) {
    if latents.structured != nil { return }
    let own = latents.gradient(sample: sample)
    guard
      begin(
        reading: Hazards.activations(latents.zGradient), latents.drawn,
        latents.spread.map { Hazards.packed($0.copy) } ?? Hazards.none,
        writing: Hazards.activations(latents.headGradient),
        sample > 0 ? Hazards.activations(own) : Hazards.none)
    else { return }
    let (lanes, count) = (DenseLayout.lanes, latents.count)
    for unit in member.share(of: blocks * count) {
      let (block, latent) = (unit / count, unit % count)
      if let kernel = latents.atoms {
        carryBack(kernel, latents, block, latent)
        continue
      }
      let zGradient = row(latents.zGradient, block, latent)
      if latents.kernel == nil {
        for head in 0..<latents.rule.headCount {
          let slopes = row(latents.slopes, block, head * count + latent)
          let gradient = row(own, block, head * count + latent)
          for lane in 0..<lanes { gradient[lane] += zGradient[lane] * slopes[lane] }
        }
      } else if latents.spread == nil {
        latentKernels.backward(
          lanes, zGradient, row(latents.slopes, block, latent), row(own, block, latent),
          row(own, block, count + latent))
      } else {
        elementwise.add_scaled(lanes, 1, zGradient, row(own, block, latent))
      }
      if let spread = latents.spread { addVariance(of: latent, spread, latents, block, to: own) }
      guard sample > 0 else { continue }
      for head in 0..<latents.rule.headCount {
        elementwise.add_scaled(
          lanes, 1, row(own, block, head * count + latent),
          row(latents.headGradient, block, head * count + latent))
      }
    }
  }

  /// ∂L/∂Var z = ‖φ‖²/(2σ² · patches · samples), carried to the heads of a latent.
  private func addVariance(
    of latent: Int, _ spread: LatentUnits.Spread, _ latents: LatentUnits, _ block: Int,
    to gradient: Buffer
  ) {
    let slope = varianceSlope(of: latent, spread)
    let heads = latents.kernel == nil ? 0..<latents.rule.headCount : 1..<2
    for head in heads {
      elementwise.add_scaled(
        DenseLayout.lanes, slope,
        row(spread.slopes, block, (head - heads.lowerBound) * latents.count + latent),
        row(gradient, block, head * latents.count + latent))
    }
  }

  /// ∂L/∂Var z of a latent.
  func varianceSlope(of latent: Int, _ spread: LatentUnits.Spread) -> Float {
    Float(Double(memory.rowPowers[spread.copy][latent]) * precision * memory.numbers.share / 2)
  }

  package func addSpread(of latents: LatentUnits) {
    if let structured = latents.structured { return addCovariance(of: structured) }
    guard let spread = latents.spread, case .rows(let stride, _) = spread.filters.storage,
      begin(
        reading: Hazards.power, Hazards.parameters(spread.filters.weightPlaces),
        writing: Hazards.gradient(spread.filters.weightPlaces))
    else { return }
    let share = precision * memory.numbers.share
    for latent in member.share(of: latents.count) {
      let start = spread.filters.weights + latent * stride
      elementwise.add_scaled(
        spread.filters.outputs, Float(share * Double(memory.variances[latent])),
        memory.values + start, memory.learning.gradient + start)
    }
  }

  package func compare(
    _ reconstruction: Buffer, _ x: Buffer, into residual: Buffer, logNoise: Int
  ) {
    guard
      begin(
        reading: Hazards.activations(reconstruction), Hazards.activations(x),
        Hazards.parameters(logNoise..<logNoise + 1),
        writing: Hazards.activations(residual), Hazards.errorSums)
    else { return }
    precision = Double.exp(-2 * Double(memory.values[logNoise]))
    let scale = Float(precision * memory.numbers.share)
    let pixels = x.units
    errorCount = blocks * pixels
    for unit in member.share(of: blocks * pixels) {
      let (block, pixel) = (unit / pixels, unit % pixels)
      memory.squaredErrors[unit] = elementwise.residual(
        lanes(in: block), row(x, block, pixel), row(reconstruction, block, pixel), scale,
        row(residual, block, pixel))
    }
  }

  package func addPower(of latents: LatentUnits, fresh: Bool) {
    spread = latents.spread
    guard begin(reading: latents.drawn, writing: Hazards.power) else { return }
    for latent in member.share(of: latents.count) {
      var power = fresh ? 0 : memory.power[latent]
      var variance: Float = 0
      for block in 0..<blocks {
        let codes = row(latents.z, block, latent)
        power += elementwise.dot(DenseLayout.lanes, codes, codes)
        if let spread {
          variance += elementwise.sum(DenseLayout.lanes, row(spread.variance, block, latent))
        }
      }
      memory.power[latent] = power + variance
      memory.variances[latent] = variance
    }
  }
}
