import Compute
import Distributions
import RealModule

/// The structured posterior of one patch in double precision, from its definition.
package struct StructuredReference {
  /// c of the last refinement, and the η² at which it touches the prior.
  package private(set) var priorVariance: [Double]
  package private(set) var touching: [Double]
  /// ∂/∂log c of the majorised bound at the encoder's own c, and where that comes from.
  private(set) var slopes: [Double] = []
  let expansions: [PriorExpansion]
  /// μ and Σ [latents, latents].
  package private(set) var mean: [Double] = []
  package private(set) var covariance: [Double] = []
  package private(set) var logDeterminant = 0.0
  package private(set) var contrast: Contrast?
  let rule: any StructuredRule

  /// What a patch is conditioned on beside its heads.
  package struct Decoder {
    /// Φ [latents, pixels]
    package var filters: [[Double]]
    package var bias: [Double]
    package var noiseVariance: Double
    package var priorScales: [Double]
    /// ω
    package var contrast: Double?
  }

  /// - Parameter heads: of each latent.
  package init(
    _ x: [Double], heads: [SIMD4<Double>], _ rule: any StructuredRule, _ decoder: Decoder
  ) {
    self.rule = rule
    let scales = decoder.priorScales
    expansions = zip(heads, scales).map { rule.expansion($0, priorScale: $1) }
    priorVariance = expansions.map(\.variance)
    touching = expansions.map(\.secondMoment)
    for pass in 0...rule.refinements {
      condition(x, decoder)
      let inverse = contrast?.inverse ?? 1
      if pass == 0 {
        slopes = expansions.indices.map { k in
          var expansion = expansions[k]
          if contrast != nil {
            let magnitude = expansion.variance * inverse / scales[k]
            expansion.secondMoment = magnitude * magnitude
          }
          return expansion.slope(at: moment(k))
        }
      }
      if pass == rule.refinements { break }
      let refined = expansions.indices.map {
        rule.expansion(secondMoment: moment($0), priorScale: scales[$0] / inverse)
      }
      priorVariance = refined.map(\.variance)
      touching = refined.map(\.secondMoment)
    }
  }

  /// E z²
  private func moment(_ latent: Int) -> Double {
    mean[latent] * mean[latent] + variance(latent)
  }

  /// Σₖₖ
  package func variance(_ latent: Int) -> Double { covariance[latent * (mean.count + 1)] }

  private mutating func condition(_ x: [Double], _ decoder: Decoder) {
    let (count, filters) = (decoder.filters.count, decoder.filters)
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var precision = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count {
        precision[row * count + column] =
          product(filters[row], filters[column]) / decoder.noiseVariance
      }
      precision[row * (count + 1)] += 1 / priorVariance[row]
    }
    let centred = zip(x, decoder.bias).map { $0 - $1 }
    mean = filters.map { product($0, centred) / decoder.noiseVariance }
    covariance = (0..<count * count).map { $0 % (count + 1) == 0 ? 1 : 0 }
    guard let factor = CholeskyFactor(precision, order: count) else {
      mean = mean.map { _ in .nan }
      return
    }
    factor.solve(&mean)
    factor.solve(&covariance)
    logDeterminant = -factor.logDeterminant
    contrast = decoder.contrast.map { spread in
      let total = (0..<count).reduce(0) { $0 + magnitude($1) / decoder.priorScales[$1] }
      return Contrast(total: total, latents: count, spread: spread)
    }
  }

  /// E|z|
  private func magnitude(_ latent: Int) -> Double {
    GaussianPosterior(mean: mean[latent], scale: variance(latent).squareRoot()).expectedMagnitude
  }

  /// KL(q ‖ p) in nats, and its slopes by log s and log ω.
  package func divergence(
    _ decoder: Decoder
  ) -> (value: Double, scaleSlopes: [Double], contrastSlope: Double) {
    var (value, scaleSlopes, contrastSlope) = (-logDeterminant / 2, [Double](), 0.0)
    // The prior of a patch of contrast a is of scale s·a, with E[1/a] for 1/a and E[log a] for log a.
    let inverse = contrast?.inverse ?? 1
    for latent in mean.indices {
      let found = rule.divergence(
        mean: mean[latent], variance: variance(latent),
        priorScale: decoder.priorScales[latent] / inverse)
      value += found.value + Double.log(variance(latent)) / 2
      scaleSlopes.append(found.scaleSlope)
    }
    if let contrast, let spread = decoder.contrast {
      value += Double(mean.count) * (contrast.mean + Double.log(inverse))
      value += contrast.divergence(spread: spread)
      let square = contrast.mean * contrast.mean + contrast.variance
      contrastSlope = 1 - square / (spread * spread)
    }
    return (value, scaleSlopes, contrastSlope)
  }
}

extension ReferenceStep {
  /// The decoder as the structured posterior takes it.
  package var structuredDecoder: StructuredReference.Decoder {
    let latents = model.layout.latents
    let weights = values["decoder.weight"] ?? []
    return StructuredReference.Decoder(
      filters: (0..<latents).map { latent in
        stride(from: latent, to: weights.count, by: latents).map { weights[$0] }
      },
      bias: values["decoder.bias"] ?? [],
      noiseVariance: Double.exp(2 * (values["noise_log_scale"]?[0] ?? .nan)),
      priorScales: priorScales,
      contrast: values["contrast_log_scale"].map { Double.exp($0[0]) })
  }

  /// −log p(x | z) and β·KL of one patch and sample, the gradients of the decoder and of scalars, and
  /// that of the heads.
  mutating func differentiateStructured(
    _ x: [Double], heads: [Double], _ rule: any StructuredRule, beta: Double, share: Double
  ) -> (objective: Double, power: [Double], headGradient: [Double]) {
    let (decoder, latents) = (structuredDecoder, model.layout.latents)
    let headCount = heads.count / latents
    let own = (0..<latents).map { latent in
      var own = SIMD4<Double>.zero
      for head in 0..<headCount { own[head] = heads[head * latents + latent] }
      return own
    }
    let q = StructuredReference(x, heads: own, rule, decoder)
    var headGradient = heads.map { _ in 0.0 }
    for latent in 0..<latents {
      for head in 0..<headCount {
        headGradient[head * latents + latent] =
          share * q.slopes[latent] * q.expansions[latent].slopes[head]
      }
    }
    let (nats, spread) = addDecoderGradient(x, q, decoder, share)
    let divergence = q.divergence(decoder)
    gradient["noise_log_scale"]?[0] += share * (Double(x.count) - spread / decoder.noiseVariance)
    for (latent, slope) in divergence.scaleSlopes.enumerated() {
      addScaleSlope(share * beta * slope, of: latent)
    }
    gradient["contrast_log_scale"]?[0] += share * beta * divergence.contrastSlope
    return (
      share * (nats + beta * divergence.value),
      (0..<latents).map { share * (q.mean[$0] * q.mean[$0] + q.variance($0)) }, headGradient
    )
  }

  /// The gradient of −E_q[log p(x | z)] by Φ and b at this q: (ΣΦ − μrᵀ)/σ² and −r/σ² with
  /// r = x − b − Φᵀμ.
  ///
  /// - Returns: its value, and the expected squared error.
  private mutating func addDecoderGradient(
    _ x: [Double], _ q: StructuredReference, _ decoder: StructuredReference.Decoder,
    _ share: Double
  ) -> (nats: Double, squaredError: Double) {
    let (latents, weight) = (q.mean.count, share / decoder.noiseVariance)
    var squaredError = 0.0
    for pixel in x.indices {
      var residual = x[pixel] - decoder.bias[pixel]
      for latent in 0..<latents { residual -= q.mean[latent] * decoder.filters[latent][pixel] }
      squaredError += residual * residual
      gradient["decoder.bias"]?[pixel] -= weight * residual
      gradient["noise_profile"]?[pixel] -= weight * residual * x[pixel]
      for latent in 0..<latents {
        let spread = (0..<latents).reduce(0) {
          $0 + q.covariance[latent * latents + $1] * decoder.filters[$1][pixel]
        }
        squaredError += spread * decoder.filters[latent][pixel]
        gradient["decoder.weight"]?[pixel * latents + latent] +=
          weight * (spread - q.mean[latent] * residual)
      }
    }
    let logNoise = Double.log(decoder.noiseVariance) / 2
    return (
      model.parts.likelihood.nats(
        squaredError: squaredError, pixels: x.count, logNoise: logNoise), squaredError
    )
  }
}
