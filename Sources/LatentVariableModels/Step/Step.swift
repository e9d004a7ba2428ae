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
  let encoder: DenseStack
  let latents: LatentUnits
  let decoder: DenseStack
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
    encoder = DenseStack(
      layout.encoder, input: patches, inputGradient: nil, isTrained: options.isTrained,
      plan: &plan)
    latents = LatentUnits(
      model.parts.latents, count: layout.latents, logScale: layout.logPriorScale,
      numbers: layout.priorNumbers?.places,
      heads: encoder.output, headGradient: encoder.outputGradient, samples: samples,
      exactlyThrough: isExact ? layout.filterLayer : nil,
      scalars: (layout.logNoise, layout.logContrast), plan: &plan)
    decoder = DenseStack(
      layout.decoder, input: latents.z,
      inputGradient: latents.structured == nil ? latents.zGradient : nil,
      isTrained: options.isTrained, plan: &plan)
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
      engine.drawBackward(latents, sample: sample)
      engine.addSpread(of: latents)
      engine.collect()
    }
    engine.proceed()
    engine.addNumberGradient(of: latents, adding: !isFirst)
    let fuses = isLast && options.clippingNorm == nil
    encoder.backward(adding: !isFirst, moving: fuses, on: engine)
    if isLast { learn(fuses: fuses, on: engine, constraint: constraint) }
  }

  /// The end of the batch: what Adam has not moved yet, and the constraint.
  private func learn(fuses: Bool, on engine: some Engine, constraint: some RowUpdate) {
    engine.store(
      options.learnsNoise ? likelihood.noiseGradient(pixels: layout.pixels) : .none,
      at: layout.logNoise)
    let isFitted = options.learnsPriorScale && options.priorScaleUpdate == .empiricalBayes
    engine.store(
      options.learnsPriorScale && !isFitted ? .priorScale : .none, at: layout.logPriorScale)
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
    for layer in decoder.layers {
      if layer.weights.storage == .panels {
        engine.adam(layer.weights.weightPlaces)
        engine.adam(layer.weights.biasPlaces)
      } else {
        engine.constrain(layer.weights, by: constraint)
      }
    }
    engine.adam(layout.scalars)
    if isFitted {
      let contrast = learnsContrast ? layout.logContrast : nil
      engine.refitPriorScale(
        at: layout.logPriorScale, latents: layout.latents, contrast: contrast, share: activeShare)
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

  /// x − b, and what it says about the latents of a structured posterior.
  func drive(on engine: some Engine) {
    guard let structured = latents.structured else { return }
    engine.center(patches, structured.filters, into: structured.centred)
    if structured.isByLatents {
      engine.inputGradient(
        structured.centred, structured.filters, input: latents.z, into: structured.drive,
        rectified: false)
    }
  }

  /// x̂ against x.
  func compare(on engine: some Engine) {
    likelihood.compare(
      decoder.output, patches, into: residual, logNoise: layout.logNoise, on: engine)
  }

  /// Filters ready for the decoder's products.
  func prepare(on engine: some Engine) {
    for layer in decoder.layers { engine.prepare(layer.weights) }
    engine.couple(latents)
  }
}
