// What is added up over a step, and what follows from it.
//
// Every thread adds up all partial sums for itself, in the same order: so all of them know the sums,
// and none has to be told.
extension CPUEngine {
  /// The sums of the last `compare`, `draw` and `addPower`, over one chunk and sample, without its share.
  package var chunkSums: StepSums {
    var sums = StepSums()
    for unit in 0..<errorCount { sums.squaredError += Double(memory.squaredErrors[unit]) }
    if let structured = memory.structured {
      for group in 0..<groupCount {
        sums.squaredError += Double(structured.sums[group].trace) / precision
        sums.divergence += Double(structured.sums[group].divergence)
        sums.scaleGradient += Double(structured.sums[group].scale_slope) * memory.numbers.weight
        sums.contrastGradient +=
          Double(structured.sums[group].contrast_slope) * memory.numbers.weight
      }
    } else if let spread {
      let powers = memory.rowPowers[spread.copy]
      for latent in 0..<spread.filters.inputs {
        sums.squaredError += Double(memory.variances[latent]) * Double(powers[latent])
      }
    }
    for unit in 0..<divergenceCount {
      sums.divergence += Double(memory.divergenceSums[unit])
      sums.scaleGradient += Double(memory.scaleGradients[unit])
    }
    for unit in 0..<numberCount { sums.numberGradient += Double(memory.numberSlopes[unit]) }
    return sums
  }

  package func collect() {
    guard begin(reading: Hazards.errorSums, Hazards.divergenceSums, Hazards.power) else { return }
    let chunk = chunkSums
    sums.squaredError += chunk.squaredError * memory.numbers.share
    sums.divergence += chunk.divergence * memory.numbers.share
    sums.scaleGradient += chunk.scaleGradient
    sums.contrastGradient += chunk.contrastGradient
    sums.numberGradient += chunk.numberGradient
  }

  package func addScaleSlopes(of latents: LatentUnits, fresh: Bool) {
    guard latents.hasOwnScales,
      begin(reading: Hazards.structuredSums, writing: Hazards.scaleSlopes)
    else { return }
    for latent in member.share(of: latents.count) {
      var slope = fresh ? 0 : memory.scaleSlopes[latent]
      if let slopes = memory.structured?.scaleSlopes {
        for group in 0..<groupCount {
          slope += Double(slopes[group * latents.count + latent]) * memory.numbers.weight
        }
      } else {
        for block in 0..<blocks {
          slope += Double(memory.ownScaleGradients[block * latents.count + latent])
        }
      }
      memory.scaleSlopes[latent] = slope
    }
  }

  package func storePriorScales(of latents: LatentUnits, learning isLearned: Bool) {
    let places = latents.logScales
    guard
      begin(reading: Hazards.scaleSlopes, writing: Hazards.gradient(places)), member.index == 0
    else { return }
    let isMoving = isLearned && memory.numbers.learnsScales
    for (latent, place) in places.enumerated() {
      let slope = latents.hasOwnScales ? memory.scaleSlopes[latent] : sums.scaleGradient
      memory.learning.gradient[place] = isMoving ? Float(slope) : 0
    }
  }

  package func proceed() {
    isFinite = isFinite && (sums.squaredError * precision + sums.divergence).isFinite
  }

  package func refitPriorScales(of latents: LatentUnits, contrast: Int?, share: Int?) {
    let numbers = memory.numbers
    guard
      begin(
        reading: (contrast ?? share).map { Hazards.parameters($0..<$0 + 1) } ?? Hazards.none,
        Hazards.scaleSlopes, writing: Hazards.parameters(latents.logScales)), member.index == 0,
      numbers.learnsScales, numbers.divergenceWeight > 0
    else { return }
    let slope = sums.scaleGradient / numbers.divergenceWeight
    let mean =
      slope / (share.map { activeLatents(of: latents.count, share: $0) } ?? Double(latents.count))
    for (latent, place) in latents.logScales.enumerated() {
      memory.values[place] = PriorScaleFit.refitted(
        memory.values[place],
        slope: latents.hasOwnScales
          ? memory.scaleSlopes[latent] / numbers.divergenceWeight : mean,
        mean: mean,
        // The best q(log a) has ∂KL/∂log s = −E[log a]/ω².
        contrast: contrast.map { -slope * Double.exp(2 * Double(memory.values[$0])) })
    }
  }

  package func refitContrast(at place: Int) {
    let numbers = memory.numbers
    guard begin(writing: Hazards.parameters(place..<place + 1)), member.index == 0,
      numbers.learnsScales, numbers.divergenceWeight > 0
    else { return }
    let slope = sums.contrastGradient / numbers.divergenceWeight
    memory.values[place] = PriorScaleFit.refitted(memory.values[place], slope: slope)
  }

  package func store(_ scalar: ScalarGradient, at place: Int) {
    guard begin(writing: Hazards.gradient(place..<place + 1)), member.index == 0 else { return }
    memory.learning.gradient[place] =
      switch memory.numbers.learnsScales ? scalar : .none {
      case .none: 0
      case .noise(let pixels): Float(Double(pixels) - sums.squaredError * precision)
      case .contrast: Float(sums.contrastGradient)
      case .priorNumber: Float(sums.numberGradient)
      }
  }
}
