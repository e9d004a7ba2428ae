// What is added up over a step, and what follows from it.
//
// Every thread adds up all partial sums for itself, in the same order: so all of them know the sums,
// and none has to be told.
extension CPUEngine {
  /// The sums of the last `compare`, `draw` and `addPower`, over one chunk and sample, without its share.
  package var chunkSums: StepSums {
    var sums = StepSums()
    for unit in 0..<errorCount { sums.squaredError += Double(memory.squaredErrors[unit]) }
    if let spread {
      let powers = memory.rowPowers[spread.copy]
      for latent in 0..<spread.filters.inputs {
        sums.squaredError += Double(memory.variances[latent]) * Double(powers[latent])
      }
    }
    for unit in 0..<divergenceCount {
      sums.divergence += Double(memory.divergenceSums[unit])
      sums.scaleGradient += Double(memory.scaleGradients[unit])
    }
    return sums
  }

  package func collect() {
    guard begin(reading: Hazards.errorSums, Hazards.divergenceSums, Hazards.power) else { return }
    let chunk = chunkSums
    sums.squaredError += chunk.squaredError * memory.numbers.share
    sums.divergence += chunk.divergence * memory.numbers.share
    sums.scaleGradient += chunk.scaleGradient
  }

  package func proceed() {
    isFinite = isFinite && (sums.squaredError * precision + sums.divergence).isFinite
  }

  package func refitPriorScale(at place: Int, latents: Int) {
    let numbers = memory.numbers
    guard begin(writing: Hazards.parameters(place..<place + 1)), member.index == 0,
      numbers.learnsScales, numbers.divergenceWeight > 0
    else { return }
    let slope = sums.scaleGradient / numbers.divergenceWeight / Double(latents)
    memory.values[place] = PriorScaleFit.refitted(memory.values[place], slope: slope)
  }

  package func store(_ scalar: ScalarGradient, at place: Int) {
    guard begin(writing: Hazards.gradient(place..<place + 1)), member.index == 0 else { return }
    memory.learning.gradient[place] =
      switch memory.numbers.learnsScales ? scalar : .none {
      case .none: 0
      case .noise(let pixels): Float(Double(pixels) - sums.squaredError * precision)
      case .priorScale: Float(sums.scaleGradient)
      }
  }
}
