import RealModule

extension SparseVAEConfiguration {
  /// λ = σ²/s, the weight of |z| against the squared error.
  public var sparsityWeight: Double {
    let sigma = Double.exp(model.noiseLogScale)
    return sigma * sigma / model.priorScale
  }

  /// The noise that idle latents put into a reconstruction, over the energy of patches of `pixels`
  /// pixels of unit variance: K·(π/2)·s²/D.
  func temperature(pixels: Int) -> Double {
    Double(model.latents) * .pi / 2 * model.priorScale * model.priorScale / Double(pixels)
  }

  /// What makes noise of the filters rather than structure, a sentence each.
  public func warnings(pixels: Int) -> [String] {
    // Latents that are exactly zero put no noise into a reconstruction.
    if model.posterior.hasAtom { return [] }
    var warnings: [String] = []
    if sparsityWeight < 0.2 {
      warnings.append(
        "λ is small: codes will hardly be sparse, and filters tend to noise (raise σ, or lower s)")
    } else if sparsityWeight > 10 {
      warnings.append(
        "λ is large: most latents will be silent, and filters may not learn (lower σ, or raise s)")
    }
    if temperature(pixels: pixels) > 0.3 {
      warnings.append(
        "the temperature is high: idle latents put much noise into reconstructions (lower σ² and s "
          + "together)")
    }
    return warnings
  }
}
