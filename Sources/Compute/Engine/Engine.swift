/// Whole-batch operations, of which a training step or an evaluation pass is a straight line.
///
/// Buffers, weights and blocks of parameters are handles; their memory is the engine's. An operation
/// is told no number that changes from step to step: those are the engine's `StepNumbers`. Nothing
/// is returned in the middle of a step, so an engine may queue the operations, or record them once
/// and replay them; what was added up is read when the step is over. And nothing is decided by the
/// host: from `proceed` on, operations do nothing where the objective is not finite.
///
/// On processors each thread of a team walks the same line on its own `CPUEngine`, which does the
/// thread's share of each operation and waits for the others where it has to.
public protocol Engine {
  /// The patches that are at work.
  var chunk: Chunk { get }

  /// Brings the batch's patches into `x`, a unit for each pixel.
  func load(into x: Buffer)

  /// Makes weights that lie in rows ready for `dense`, `inputGradient` and the variance of what
  /// goes through them, after they were changed.
  func prepare(_ layer: DenseWeights)

  /// Makes W = Eᵀ·diag(e^−ρ) and the filters times W, after parameters were changed.
  func whiten(_ noise: NoiseWeights)

  /// y = Wᵀx: patches where their noise is the same in all directions.
  func whiten(_ x: Buffer, _ noise: NoiseWeights, into y: Buffer)

  /// Adds what the patches of a chunk and sample, in such directions, say about ρ.
  ///
  /// - Parameter fresh: whether the sum begins at 0.
  func addNoiseSlopes(_ x: Buffer, _ residual: Buffer, fresh: Bool)

  /// The gradient of Φ and b from that of ΦW and bW, which is cleared, and that of ρ.
  ///
  /// - Parameter isLearned: whether ρ has a gradient.
  func unwhiten(_ noise: NoiseWeights, learning isLearned: Bool)

  /// Puts ρ back into `NoiseWeights.range`.
  func keepNoiseInRange(_ noise: NoiseWeights)

  /// y = Wᵀx + b, through max(0, ·) where `rectified`.
  func dense(_ x: Buffer, _ layer: DenseWeights, into y: Buffer, rectified: Bool)

  /// ∂L/∂x = W·∂L/∂y, set to 0 where `rectified` and x is 0.
  func inputGradient(
    _ yGradient: Buffer, _ layer: DenseWeights, input x: Buffer, into xGradient: Buffer,
    rectified: Bool)

  /// ∂L/∂W and ∂L/∂b, stored, added to what is stored, or used at once.
  func weightGradient(
    _ x: Buffer, _ yGradient: Buffer, _ layer: DenseWeights, then use: WeightUse)

  /// y = x − b of a layer, what the structured posterior of its inputs is driven by.
  func center(_ x: Buffer, _ layer: DenseWeights, into y: Buffer)

  /// Makes ready what the structured posteriors of all patches share, after parameters were
  /// changed.
  func couple(_ latents: LatentUnits)

  /// Noise, samples or moments, divergences from the prior and their gradients, of all latents.
  ///
  /// - Parameter sample: which of several samples of z this is.
  func draw(_ latents: LatentUnits, sample: Int)

  /// The mean of structured posteriors for another x − b, with all else as `draw` left it.
  func resolve(_ latents: LatentUnits)

  /// Adds what ∂L/∂z and, after `addPower`, the variance say about the heads to the divergence's
  /// gradient.
  func drawBackward(_ latents: LatentUnits, sample: Int)

  /// Adds to the filters' gradient what the variance of latents with `spread` says about them,
  /// φₖ·Σ Var(zₖ)/(σ² · patches · samples); of structured posteriors their covariance,
  /// Σⱼ φⱼ·Σ Cov(zⱼ, zₖ)/(σ² · patches).
  func addSpread(of latents: LatentUnits)

  /// x̂ − x: the sum of its squares, and in `residual` the likelihood's gradient by x̂,
  /// (x̂ − x)/(σ² · patches · samples).
  ///
  /// - Parameter logNoise: the place of log σ among the parameters.
  func compare(_ reconstruction: Buffer, _ x: Buffer, into residual: Buffer, logNoise: Int)

  /// Adds Σ E z² over the patches to each latent's code power; the squared error gets what z's
  /// variance adds to it, Σₖ Var(zₖ)·‖φₖ‖² or, of structured posteriors, tr(ΦᵀΣΦ).
  ///
  /// - Parameter fresh: whether the power begins at 0.
  func addPower(of latents: LatentUnits, fresh: Bool)

  /// Adds the sums of the last `draw` and `compare` to the step's.
  func collect()

  /// From here on nothing happens where the objective so far is not finite.
  func proceed()

  /// Stores the gradient of a scalar that follows from the step's sums; 0 where scalars are not
  /// learned at present.
  func store(_ gradient: ScalarGradient, at place: Int)

  /// Adds the slopes by log s of latents that each have their own, of the last `draw`.
  ///
  /// - Parameter fresh: whether the sums begin at 0.
  func addScaleSlopes(of latents: LatentUnits, fresh: Bool)

  /// Stores the gradient by log s, or 0 where it is not learned.
  func storePriorScales(of latents: LatentUnits, learning isLearned: Bool)

  /// Moves log s of the prior towards what fits the step's latents best: where ∂KL/∂log s is 0.
  ///
  /// For a Laplace prior that is log E|z|, the empirical Bayes estimate. Nothing happens where scalars
  /// are not learned at present.
  ///
  /// - Parameters:
  ///   - contrast: the place of log ω, where patches have a contrast.
  ///   - share: the place of logit γ₀ where latents may be exactly zero: the scale, which is one for
  ///     all, is that of those that are not.
  func refitPriorScales(of latents: LatentUnits, contrast: Int?, share: Int?)

  /// Moves logit γ₀, of the share of latents that are not zero, towards that of the step's mean γ.
  func refitActiveShare(at place: Int, latents: Int)

  /// Stores or adds the gradient of numbers that each latent's prior has, after `drawBackward`.
  ///
  /// - Parameter adding: whether a gradient is there already, to be added to.
  func addNumberGradient(of latents: LatentUnits, adding: Bool)

  /// Moves log ω towards the spread of the patches' log contrast in the same way.
  func refitContrast(at place: Int)

  /// Scales the whole stored gradient to the norm `limit` where it is longer.
  func clip(to limit: Double)

  /// Adam along the stored gradient, at the encoder's rate.
  func adam(_ places: Range<Int>)

  /// The end of a step for weights in rows: each row's constraint and Adam, and Adam for the bias,
  /// at the decoder's rate.
  func constrain(_ layer: DenseWeights, by update: some RowUpdate)

  /// Sets units to 0.
  func clear(_ buffer: Buffer)
}

/// A gradient that follows from the step's sums.
public enum ScalarGradient: Hashable, Sendable {
  /// 0: the scalar is not learned.
  case none
  /// By log σ of Gaussian noise on `pixels` pixels: D − ‖x − x̂‖²/σ².
  case noise(pixels: Int)
  /// By log ω, the spread of the patches' log contrast.
  case contrast
  /// By a further number that all latents' priors share.
  case priorNumber
}

/// What happens to one row of weights at the end of a step.
public protocol RowUpdate {
  /// Changes row `row` along its gradient.
  func update(row: Int)
}
