import CKernels
import RealModule

// Numbers of the prior beside its scale: a share of latents that are not zero, or a rate for each.
extension CPUEngine {
  package func addNumberGradient(of latents: LatentUnits, adding: Bool) {
    guard let numbers = latents.numbers, numbers.count == latents.count,
      begin(
        reading: Hazards.activations(latents.headGradient), Hazards.divergenceSums,
        writing: Hazards.gradient(numbers))
    else { return }
    for latent in member.share(of: latents.count) {
      var slope: Float = 0
      for block in 0..<blocks {
        slope += elementwise.sum(
          DenseLayout.lanes, row(latents.headGradient, block, latent))
        slope += memory.numberSlopes[block * latents.count + latent]
      }
      let place = numbers.lowerBound + latent
      memory.learning.gradient[place] = adding ? memory.learning.gradient[place] + slope : slope
    }
  }

  package func refitActiveShare(at place: Int, latents: Int) {
    let numbers = memory.numbers
    guard begin(writing: Hazards.parameters(place..<place + 1)), member.index == 0,
      numbers.learnsScales, numbers.divergenceWeight > 0
    else { return }
    memory.values[place] = PriorScaleFit.refitted(
      shareLogit: memory.values[place],
      share: activeLatents(of: latents, share: place) / Double(latents))
  }

  /// Σ γ, mean over the step's patches: ∂KL/∂logit γ₀ = γ₀ − γ.
  func activeLatents(of latents: Int, share place: Int) -> Double {
    let prior = 1 / (1 + Double.exp(-Double(memory.values[place])))
    return Double(latents) * prior - sums.numberGradient / memory.numbers.divergenceWeight
  }
}
