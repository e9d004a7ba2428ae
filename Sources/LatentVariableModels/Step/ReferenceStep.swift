import Compute
import Filters
import RealModule

/// One training step in double precision, on one thread, straight from the definitions: forward,
/// gradients, Adam, constraint. It is what engines and kernels are tested against.
///
/// Parameters go by the names of `SparseVAE.namedTensors`, and are laid out as these are.
package struct ReferenceStep {
  package typealias Tensors = [String: [Double]]

  package var values: Tensors
  /// Of the objective; of a whole step clipped, and as the constraint leaves it.
  package internal(set) var gradient: Tensors
  private var first: Tensors, second: Tensors
  private var states: [[Float]]
  let model: SparseVAE
  let settings: TrainingSettings
  private let constraint: any FilterConstraint
  private let encoder: [DenseLayerPlan], decoder: [DenseLayerPlan]

  package init(
    _ model: SparseVAE, _ settings: TrainingSettings, _ constraint: any FilterConstraint
  ) {
    (self.model, self.settings, self.constraint) = (model, settings, constraint)
    (encoder, decoder) = (model.layout.encoder.map(\.plan), model.layout.decoder.map(\.plan))
    values = Dictionary(
      uniqueKeysWithValues: model.namedTensors.map { ($0.name, $0.elements.map { Double($0) }) })
    gradient = values.mapValues { $0.map { _ in 0 } }
    (first, second) = (gradient, gradient)
    states = (0..<model.layout.latents).map { latent in
      var filter = AlignedArray(Array(model.filters.row(latent)))
      return constraint.initialNumbers(of: FilterRow(filter.mutablePointer(), count: filter.count))
    }
  }

  /// Begins a gradient.
  mutating func clearGradient() { gradient = values.mapValues { $0.map { _ in 0 } } }

  /// −log p(x | z) + β·KL in nats, mean over patches and samples, and its gradient.
  ///
  /// - Parameter noise: ε of a row of `patches` and a sample of z, one for each latent.
  /// - Returns: the objective, and each latent's mean of z².
  @discardableResult package mutating func differentiate(
    _ patches: Matrix, divergenceWeight beta: Double, noise: (_ row: Int, _ sample: Int) -> [Double]
  ) -> (objective: Double, codePower: [Double]) {
    let (rule, latents) = (model.parts.latents, model.layout.latents)
    let scales = priorScales
    let logNoise = values["noise_log_scale"]?[0] ?? .nan
    let isExact = model.likelihood == .exact
    let samples = isExact && rule.isDivergenceClosed ? 1 : settings.samples
    let share = 1 / Double(patches.rows * samples)
    var (objective, power) = (0.0, [Double](repeating: 0, count: latents))
    clearGradient()
    let whitening = ReferenceWhitening(&values)
    for row in 0..<patches.rows {
      let x = patches.row(row).map { Double($0) }
      let compared = whitening.whitened(x)
      let encoded = encoder.stages(from: x, values)
      let heads = encoded[encoded.count - 1]
      if let structured = rule.structured {
        let found = differentiateStructured(
          compared, heads: heads, structured, beta: beta, share: share)
        objective += found.objective
        power = zip(power, found.power).map { $0 + $1 }
        _ = encoder.backward(encoded, found.headGradient, values, &gradient)
        continue
      }
      var headGradient = heads.map { _ in 0.0 }
      for sample in 0..<samples {
        let noise = noise(row, sample)
        let draws = (0..<latents).map { k in
          var own = SIMD4<Double>.zero
          for head in 0..<rule.headCount { own[head] = heads[head * latents + k] }
          if let number = number(of: k) { own[rule.headCount] = number }
          let expected = isExact ? rule.expect(own, noise: noise[k], priorScale: scales[k]) : nil
          return expected ?? rule.draw(own, noise: noise[k], priorScale: scales[k])
        }
        let filterPowers = isExact ? filterPowers : []
        let spread = zip(draws, filterPowers).reduce(0) { $0 + $1.0.variance * $1.1 }
        let decoded = decoder.stages(from: draws.map(\.z), values)
        let found = model.parts.likelihood.value(
          decoded[decoded.count - 1], compared, spread: spread, logNoise: logNoise)
        addNoiseSlopes(compared, found.gradient.map { share * $0 })
        let zGradient = decoder.backward(
          decoded, found.gradient.map { share * $0 }, values, &gradient)
        objective += share * found.nats
        gradient["noise_log_scale"]?[0] += share * found.logNoiseSlope
        for (k, draw) in draws.enumerated() {
          for head in 0..<rule.headCount {
            headGradient[head * latents + k] +=
              zGradient[k] * draw.slopes[head] + share * beta * draw.divergenceSlopes[head]
          }
          objective += share * beta * draw.divergence
          addScaleSlope(share * beta * draw.scaleSlope, of: k)
          addNumberSlope(share * beta * draw.numberSlope, of: k)
          power[k] += share * (draw.z * draw.z + draw.variance)
        }
        if isExact { addSpread(draws, filterPowers, share * .exp(-2 * logNoise), &headGradient) }
      }
      if rule.priorNumber?.isShared == false {
        for k in 0..<latents { addNumberSlope(headGradient[k], of: k) }
      }
      _ = encoder.backward(encoded, headGradient, values, &gradient)
    }
    return (objective + whitening.undo(&values, &gradient), power)
  }

  /// Adds x'·∂L/∂x̂' to the gradient of ρ.
  mutating func addNoiseSlopes(_ x: [Double], _ slopes: [Double]) {
    guard gradient["noise_profile"] != nil else { return }
    for index in x.indices { gradient["noise_profile"]?[index] += x[index] * slopes[index] }
  }

  /// s of each latent.
  var priorScales: [Double] {
    let logs = values["prior_log_scale"] ?? []
    return (0..<model.layout.latents).map { Double.exp(logs[logs.count > 1 ? $0 : 0]) }
  }

  /// Adds to ∂L/∂log s.
  mutating func addScaleSlope(_ slope: Double, of latent: Int) {
    let isShared = gradient["prior_log_scale"]?.count == 1
    gradient["prior_log_scale"]?[isShared ? 0 : latent] += slope
  }

  /// ‖φₖ‖²
  private var filterPowers: [Double] {
    let (latents, weights) = (model.layout.latents, values["decoder.weight"] ?? [])
    return (0..<latents).map { latent in
      stride(from: latent, to: weights.count, by: latents).reduce(0) {
        $0 + weights[$1] * weights[$1]
      }
    }
  }

  /// The gradient of Σₖ Var(zₖ)·‖φₖ‖²·`weight`/2, by heads and filters.
  private mutating func addSpread(
    _ draws: [LatentDraw], _ filterPowers: [Double], _ weight: Double,
    _ headGradient: inout [Double]
  ) {
    let latents = draws.count
    for (k, draw) in draws.enumerated() {
      for head in 0..<model.parts.latents.headCount {
        headGradient[head * latents + k] += weight / 2 * filterPowers[k] * draw.varianceSlopes[head]
      }
      for index in stride(from: k, to: values["decoder.weight"]?.count ?? 0, by: latents) {
        gradient["decoder.weight"]?[index] +=
          weight * draw.variance * (values["decoder.weight"]?[index] ?? 0)
      }
    }
  }

  /// A whole step: gradient, clipping, constraint, Adam, projection.
  package mutating func run(
    _ patches: Matrix, _ now: StepSettings, noise: (_ row: Int, _ sample: Int) -> [Double]
  ) {
    let codePower = differentiate(
      patches, divergenceWeight: now.divergenceWeight, noise: noise
    ).codePower
    let learnsNoise = settings.learnsNoise && now.learnsScales
    if !learnsNoise || model.layout.noise != nil { gradient["noise_log_scale"] = [0] }
    if !learnsNoise { gradient["noise_profile"] = gradient["noise_profile"]?.map { _ in 0 } }
    let scaleSlopes = gradient["prior_log_scale"] ?? []
    let isFitted = settings.priorScaleUpdate == .empiricalBayes
    let shareSlope = holdShare(unless: now.learnsScales && !isFitted)
    let learnsPriorScale = settings.learnsPriorScale && now.learnsScales
    let contrastSlope = gradient["contrast_log_scale"]?[0]
    if !learnsPriorScale || isFitted {
      gradient["prior_log_scale"] = scaleSlopes.map { _ in 0 }
      if contrastSlope != nil { gradient["contrast_log_scale"] = [0] }
    }
    let norm = gradient.values.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    if let limit = settings.clippingNorm, norm > limit {
      gradient = gradient.mapValues { $0.map { limit / norm * $0 } }
    }
    let fast = settings.adam.step(now.step, learningRate: now.decoderLearningRate)
    let (constraint, adam, t) = (constraint, settings.adam, Double(now.step))
    constrain(codePower, fast) { constraint.prepare($0, gradient: $1, $2) }
    for (name, slopes) in gradient {
      let rate = name.hasPrefix("decoder.") ? now.decoderLearningRate : now.learningRate
      for (index, slope) in slopes.enumerated() {
        let m = adam.beta1 * (first[name]?[index] ?? 0) + (1 - adam.beta1) * slope
        let v = adam.beta2 * (second[name]?[index] ?? 0) + (1 - adam.beta2) * slope * slope
        first[name]?[index] = m
        second[name]?[index] = v
        let root = (v / (1 - Double.pow(adam.beta2, t))).squareRoot() + adam.epsilon
        values[name]?[index] -= rate * m / (1 - Double.pow(adam.beta1, t)) / root
      }
    }
    constrain(codePower, fast) { filter, _, context in _ = constraint.project(filter, context) }
    ReferenceWhitening.keepInRange(&values)
    if isFitted, now.learnsScales {
      refitShare(
        scaleSlopes.reduce(0, +) / now.divergenceWeight,
        shareSlope.map { $0 / now.divergenceWeight },
        learnsScale: learnsPriorScale, learnsShare: settings.learnsActiveShare)
    }
    if learnsPriorScale, isFitted, shareSlope == nil {
      let isStructured = model.parts.latents.structured != nil
      refit(
        scaleSlopes.map { $0 / now.divergenceWeight },
        contrastSlope: isStructured ? contrastSlope.map { $0 / now.divergenceWeight } : nil)
    }
  }

  /// Empirical Bayes for s and ω.
  private mutating func refit(_ slopes: [Double], contrastSlope: Double?) {
    let total = slopes.reduce(0, +)
    let logContrast = contrastSlope.flatMap { _ in values["contrast_log_scale"]?[0] }
    let mean = total / Double(model.layout.latents)
    values["prior_log_scale"] = zip(values["prior_log_scale"] ?? [], slopes).map { log, slope in
      Double(
        PriorScaleFit.refitted(
          Float(log), slope: slopes.count > 1 ? slope : mean, mean: mean,
          contrast: logContrast.map { -total * Double.exp(2 * $0) }))
    }
    guard let contrastSlope, let logContrast else { return }
    values["contrast_log_scale"] = [
      Double(PriorScaleFit.refitted(Float(logContrast), slope: contrastSlope))
    ]
  }

  /// Calls `body` with each filter and its gradient: the columns of `decoder.weight`.
  private mutating func constrain(
    _ codePower: [Double], _ adam: AdamStep,
    _ body: (FilterRow, FilterRow, ConstraintContext) -> Void
  ) {
    let (latents, pixels) = (model.layout.latents, model.layout.pixels)
    for latent in 0..<latents {
      func column(_ tensor: [Double]?) -> AlignedArray {
        AlignedArray((0..<pixels).map { Float(tensor?[$0 * latents + latent] ?? 0) })
      }
      var (filter, slope) = (column(values["decoder.weight"]), column(gradient["decoder.weight"]))
      states[latent].withUnsafeMutableBufferPointer { state in
        body(
          FilterRow(filter.mutablePointer(), count: pixels),
          FilterRow(slope.mutablePointer(), count: pixels),
          ConstraintContext(state: state, adam: adam, codePower: Float(codePower[latent])))
      }
      for pixel in 0..<pixels {
        values["decoder.weight"]?[pixel * latents + latent] = Double(filter[pixel])
        gradient["decoder.weight"]?[pixel * latents + latent] = Double(slope[pixel])
      }
    }
  }
}
