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

  package func proceed() {
    isFinite = isFinite && (sums.squaredError * precision + sums.divergence).isFinite
  }

  package func refitPriorScale(at place: Int, latents: Int, contrast: Int?, share: Int?) {
    let numbers = memory.numbers
    let places = place..<place + 1
    guard
      begin(
        reading: (contrast ?? share).map { Hazards.parameters($0..<$0 + 1) } ?? Hazards.none,
        writing: Hazards.parameters(places)), member.index == 0,
      numbers.learnsScales, numbers.divergenceWeight > 0
    else { return }
    let slope = sums.scaleGradient / numbers.divergenceWeight
    if let contrast {
      // The best q(log a) has ∂KL/∂log s = −E[log a]/ω².
      let variance = Double.exp(2 * Double(memory.values[contrast]))
      memory.values[place] = PriorScaleFit.recentred(
        memory.values[place], contrast: -slope * variance)
    } else {
      memory.values[place] = PriorScaleFit.refitted(
        memory.values[place],
        slope: slope / (share.map { activeLatents(of: latents, share: $0) } ?? Double(latents)))
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
      case .priorScale: Float(sums.scaleGradient)
      case .contrast: Float(sums.contrastGradient)
      case .priorNumber: Float(sums.numberGradient)
      }
  }
}
