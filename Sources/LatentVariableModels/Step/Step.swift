import Compute

/// One step of stochastic gradient ascent on the ELBO, over one chunk of a batch.
///
/// `walk` is the whole of it, on any engine. `ReferenceStep` is the same in double precision.
struct Step: Sendable {
  /// What a step learns and how, beside the data.
  struct Options: Sendable {
    var samples = 1
    /// Largest norm of the whole gradient; nil leaves it as it is, and lets Adam be fused.
    var clippingNorm: Double?
    var learnsNoise = false
    var learnsPriorScale = false
    var learnsActiveShare = false
    var priorScaleUpdate = PriorScaleUpdate.gradient
    /// Whether there is a way back; without it a step is an evaluation.
    var isTrained = true
  }

  let options: Options
  /// Samples of z for each patch; one where nothing is drawn.
  let samples: Int
  let layout: ParameterLayout
  let likelihood: any Likelihood
  /// x, the patches.
  let patches: Buffer
  /// The patches where the likelihood compares: as they are, or where noise is the same in all
  /// directions.
  let compared: Buffer
  let encoder: DenseStack
  let latents: LatentUnits
  /// z to where the likelihood compares.
  let decoder: DenseStack
  /// z → x̂ where the likelihood compares elsewhere.
  private let painter: DenseStack?
  /// ∂L/∂x̂
  let residual: Buffer
  /// What an engine has to make.
  let plan: BufferPlan

  init(_ model: SparseVAE, _ options: Options) {
    let layout = model.layout
    let isExact = model.likelihood == .exact
    samples = isExact && model.parts.latents.isDivergenceClosed ? 1 : options.samples
    var plan = BufferPlan()
    patches = plan.buffer(layout.pixels)
    compared = layout.noise == nil ? patches : plan.buffer(layout.pixels)
    encoder = DenseStack(
      layout.encoder, input: patches, inputGradient: nil, isTrained: options.isTrained,
      plan: &plan)
    latents = LatentUnits(
      model.parts.latents, count: layout.latents, logScales: layout.logPriorScales,
      numbers: layout.priorNumbers?.places,
      heads: encoder.output, headGradient: encoder.outputGradient, samples: samples,
      exactlyThrough: isExact ? layout.noise?.whitened ?? layout.filterLayer : nil,
      scalars: (layout.logNoise, layout.logContrast), plan: &plan)
    decoder = DenseStack(
      layout.comparedDecoder, input: latents.z,
      inputGradient: latents.structured == nil ? latents.zGradient : nil,
      isTrained: options.isTrained, plan: &plan)
    painter =
      layout.noise == nil || options.isTrained
      ? nil
      : DenseStack(
        layout.decoder, input: latents.z, inputGradient: nil, isTrained: false, plan: &plan)
    residual = decoder.outputGradient ?? plan.buffer(layout.pixels)
    likelihood = model.parts.likelihood
    self.layout = layout
    self.options = options
    self.plan = plan
  }

  /// Encoder → latents → decoder → likelihood, and back; then Adam and the filters' constraint.
  ///
  /// Gradients come together over the batch's chunks; the last one moves the parameters.
  func walk(on engine: some Engine, constraint: some RowUpdate) {
    let (isFirst, isLast) = (engine.chunk.isFirst, engine.chunk.isLast)
    engine.load(into: patches)
    prepare(on: engine)
    encode(on: engine)
    for sample in 0..<samples {
      engine.draw(latents, sample: sample)
      decoder.forward(on: engine)
      compare(on: engine)
      decoder.backward(adding: !isFirst || sample > 0, moving: false, on: engine)
      engine.addPower(of: latents, fresh: isFirst && sample == 0)
      if layout.noise != nil {
        engine.addNoiseSlopes(compared, residual, fresh: isFirst && sample == 0)
      }
      engine.drawBackward(latents, sample: sample)
      engine.addSpread(of: latents)
      engine.collect()
      engine.addScaleSlopes(of: latents, fresh: isFirst && sample == 0)
    }
    engine.proceed()
    engine.addNumberGradient(of: latents, adding: !isFirst)
    let fuses = isLast && options.clippingNorm == nil
    encoder.backward(adding: !isFirst, moving: fuses, on: engine)
    if isLast { learn(fuses: fuses, on: engine, constraint: constraint) }
  }

  /// The end of the batch: what Adam has not moved yet, and the constraint.
  private func learn(fuses: Bool, on engine: some Engine, constraint: some RowUpdate) {
    // The directions' noise is learned in place of the one that they share.
    engine.store(
      options.learnsNoise && layout.noise == nil
        ? likelihood.noiseGradient(pixels: layout.pixels) : .none, at: layout.logNoise)
    if let noise = layout.noise { engine.unwhiten(noise, learning: options.learnsNoise) }
    let isFitted = options.learnsPriorScale && options.priorScaleUpdate == .empiricalBayes
    engine.storePriorScales(of: latents, learning: options.learnsPriorScale && !isFitted)
    if let place = layout.logContrast {
      engine.store(learnsContrast && !isFitted ? .contrast : .none, at: place)
    }
    if let place = activeShare {
      engine.store(
        options.learnsActiveShare && options.priorScaleUpdate == .gradient ? .priorNumber : .none,
        at: place)
    }
    if let limit = options.clippingNorm {
      engine.clip(to: limit)
      engine.adam(layout.encoderRange)
    }
    for layer in layout.decoder {
      if layer.weights.storage == .panels {
        engine.adam(layer.weights.weightPlaces)
        engine.adam(layer.weights.biasPlaces)
      } else {
        engine.constrain(layer.weights, by: constraint)
      }
    }
    engine.adam(layout.scalars)
    if !layout.scalars.contains(layout.logPriorScales.lowerBound) {
      engine.adam(layout.logPriorScales)
    }
    if let noise = layout.noise {
      engine.adam(noise.profilePlaces)
      engine.keepNoiseInRange(noise)
    }
    if isFitted {
      let contrast = learnsContrast ? layout.logContrast : nil
      engine.refitPriorScales(of: latents, contrast: contrast, share: activeShare)
      if let contrast { engine.refitContrast(at: contrast) }
    }
    if let place = activeShare, options.learnsActiveShare,
      options.priorScaleUpdate == .empiricalBayes
    {
      engine.refitActiveShare(at: place, latents: layout.latents)
    }
  }

  /// The place of logit γ₀, where the prior has a share of latents that are not zero.
  private var activeShare: Int? {
    latents.numbers.flatMap { $0.count == 1 ? $0.lowerBound : nil }
  }

  /// Whether the posterior knows of the patches' contrast, whose spread is learned with the prior's
  /// scale.
  private var learnsContrast: Bool { options.learnsPriorScale && latents.structured != nil }

  /// Patches → heads, and what a structured posterior takes beside them.
  func encode(on engine: some Engine) {
    encoder.forward(on: engine)
    drive(on: engine)
  }

  /// x where the likelihood compares, x − b, and what it says about the latents of a structured
  /// posterior.
  func drive(on engine: some Engine) {
    if let noise = layout.noise { engine.whiten(patches, noise, into: compared) }
    guard let structured = latents.structured else { return }
    engine.center(compared, structured.filters, into: structured.centred)
    if structured.isByLatents {
      engine.inputGradient(
        structured.centred, structured.filters, input: latents.z, into: structured.drive,
        rectified: false)
    }
  }

  /// x̂ against x.
  func compare(on engine: some Engine) {
    likelihood.compare(
      decoder.output, compared, into: residual, logNoise: layout.logNoise, on: engine)
  }

  /// Where `paint` leaves x̂.
  var picture: Buffer { painter?.output ?? decoder.output }

  /// z → x̂, in pixels.
  ///
  /// - Parameter codes: in place of z as it was drawn, of which x̂ may be there already.
  func paint(from codes: Buffer? = nil, on engine: some Engine) {
    if let painter { return painter.forward(from: codes, on: engine) }
    if let codes { decoder.forward(from: codes, on: engine) }
  }

  /// Filters ready for the decoder's products.
  func prepare(on engine: some Engine) {
    if let noise = layout.noise { engine.whiten(noise) }
    for layer in decoder.layers + (painter?.layers ?? []) { engine.prepare(layer.weights) }
    engine.couple(latents)
  }
}
