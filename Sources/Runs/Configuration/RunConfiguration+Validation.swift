import Compute
import Distributions
import RealModule

extension RunConfiguration {
  /// - Throws: a `RunError` that names the first setting out of its range and the range.
  public func validate() throws {
    func require(_ holds: Bool, _ key: String, _ value: Any, _ expected: String) throws {
      if !holds { throw RunError("\(key) is \(value)", remedy: "expected \(expected)") }
    }
    let (m, t) = (model, training)
    try require(m.latents >= 1, "model.latents", m.latents, "at least 1")
    try require(m.latents <= 1_000_000, "model.latents", m.latents, "at most 1,000,000")
    for (name, widths) in [
      ("trunk", m.encoder.trunk), ("mean", m.encoder.mean), ("logScale", m.encoder.logScale),
    ] {
      try require(
        widths.allSatisfy { (1...65_536).contains($0) }, "model.encoder.\(name)", widths,
        "widths from 1 to 65,536")
    }
    try require(
      m.encoder.mean.count == m.encoder.logScale.count, "model.encoder.logScale",
      m.encoder.logScale, "as many layers as model.encoder.mean, \(m.encoder.mean.count)")
    try require(
      m.priorScale > 0 && m.priorScale.isFinite, "model.priorScale", m.priorScale, "more than 0")
    do throws(ParameterError) {
      _ = try m.prior.type.parameters.values(
        m.priorShape ?? [:], of: "the \(m.prior.rawValue) prior")
    } catch {
      throw RunError(
        "model.priorShape: \(error.problem)", remedy: "expected \(error.expected)")
    }
    try require(
      abs(m.noiseLogScale) <= 20, "model.noiseLogScale", m.noiseLogScale,
      "the natural logarithm of σ, from -20 to 20")
    try require(
      m.logScaleRange.count == 2 && m.logScaleRange[0] < m.logScaleRange[1]
        && m.logScaleRange[0] >= -40 && m.logScaleRange[1] <= 20,
      "model.logScaleRange", m.logScaleRange, "two numbers, the first less, from -40 to 20")
    try require(
      (1...1_000_000).contains(t.epochs), "training.epochs", t.epochs, "from 1 to 1,000,000")
    try require(
      (1...65_536).contains(t.batchSize), "training.batchSize", t.batchSize, "from 1 to 65,536")
    try require(
      t.learningRate > 0 && t.learningRate < 10, "training.learningRate", t.learningRate,
      "more than 0 and less than 10")
    try require(
      t.decoderRateFactor >= 0 && t.decoderRateFactor.isFinite, "training.decoderRateFactor",
      t.decoderRateFactor, "0 or more")
    try require(
      t.finalRateRatio > 0 && t.finalRateRatio <= 1, "training.finalRateRatio", t.finalRateRatio,
      "more than 0 and at most 1")
    try require(
      t.warmupEpochs >= 0 && t.warmupEpochs.isFinite, "training.warmupEpochs", t.warmupEpochs,
      "0 or more")
    try require(t.revivalEpochs >= 0, "training.revivalEpochs", t.revivalEpochs, "0 or more")
    try require(
      t.revivalSimilarity > 0 && t.revivalSimilarity < 1, "training.revivalSimilarity",
      t.revivalSimilarity, "more than 0 and less than 1")
    try require((1...1000).contains(t.samples), "training.samples", t.samples, "from 1 to 1000")
    if let norm = t.clippingNorm {
      try require(norm > 0, "training.clippingNorm", norm, "more than 0")
    }
    try require(
      t.precision.isAvailable, "training.precision", t.precision.rawValue,
      "float32: this processor has no bfloat16 instructions (AVX512-BF16)")
    let adam = t.adam
    for (name, beta) in [("beta1", adam.beta1), ("beta2", adam.beta2)] {
      try require(
        beta >= 0 && beta < 1, "training.adam.\(name)", beta, "0 or more, and less than 1")
    }
    try require(
      adam.epsilon > 0 && adam.epsilon.isFinite, "training.adam.epsilon", adam.epsilon,
      "more than 0")
    let d = data.preparation
    try require(
      (4...1024).contains(d.patchSize), "data.patchSize", d.patchSize, "from 4 to 1024 pixels")
    try require(
      (1...100_000_000).contains(d.patches), "data.patches", d.patches, "from 1 to 100,000,000")
    try require(
      (0...100_000_000).contains(d.heldOutPatches ?? 0), "data.heldOutPatches",
      d.heldOutPatches ?? 0, "from 0 to 100,000,000")
    try require((0...10_000).contains(d.border), "data.border", d.border, "from 0 to 10,000 pixels")
    try d.validate()
  }

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
