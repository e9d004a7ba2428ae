import CKernels
import Compute
import Filters
import RealModule

/// One step of stochastic gradient ascent on the ELBO: forward, backward, Adam, constraint.
///
/// Runs on all threads of a team at once. Rows of a layer's output are divided among them, and so
/// are the weights whose gradient is formed: nothing is added up twice, and every number comes out
/// the same on any number of threads. Adam is fused into the encoder's weight gradients, which are
/// then never stored, unless the norm of the whole gradient is to be clipped.
public final class TrainingStep {
  /// Patches that are worked on at a time: the activations of so many stay in the cache.
  static let chunk = 128

  /// The model as it is now.
  public internal(set) var model: SparseVAE
  /// Adam's moments and the constraint's numbers: what a checkpoint holds beside the model.
  public internal(set) var state: OptimizerState

  let options: Options
  let team: ThreadTeam
  private let engine: any DenseEngine
  private let workspace: Workspace
  package private(set) var gradient: AlignedArray
  private var codePower: AlignedArray

  /// What does not change from step to step.
  public struct Options: Sendable {
    public var adam = Adam()
    public var constraint: any FilterConstraint = UnitNorm()
    /// Samples of z for each patch.
    public var samples = 1
    /// Largest norm of the whole gradient; nil leaves it as it is.
    public var clippingNorm: Double?
    public var learnsNoise = false
    public var learnsPriorScale = false
    /// Must be available on this processor.
    public var precision = Precision.float32
    /// Most patches in a batch.
    public var batch: Int
    public var seed: UInt64

    public init(batch: Int, seed: UInt64) {
      self.batch = batch
      self.seed = seed
    }
  }

  public convenience init(
    _ model: SparseVAE, _ options: Options, state: OptimizerState? = nil, team: ThreadTeam
  ) {
    let engine = options.precision.engine(
      for: model.layout, patches: min(options.batch, Self.chunk), threads: team.count)
    guard let engine else {
      preconditionFailure("precision \(options.precision) on a processor without bfloat16")
    }
    self.init(model, options, state: state, team: team, engine: engine)
  }

  package init(
    _ model: SparseVAE, _ options: Options, state: OptimizerState? = nil, team: ThreadTeam,
    engine: any DenseEngine
  ) {
    self.model = model
    self.options = options
    self.team = team
    self.engine = engine
    gradient = AlignedArray(count: model.layout.count)
    workspace = Workspace(
      layout: model.layout, capacity: min(options.batch, Self.chunk), threads: team.count,
      backward: true)
    codePower = AlignedArray(count: model.layout.latents)
    self.state = state ?? OptimizerState(for: model, options.constraint)
    // Filters that were just drawn need not be feasible; saved ones are, to the bit.
    guard state == nil else { return }
    let decoder = decoderUpdate(AdamStep(), codes: options.batch, step: 0)
    for latent in 0..<model.layout.latents { decoder.project(filter: latent) }
  }

  /// Runs one step on the rows `indices` of `data` [N, pixels].
  ///
  /// Allocates nothing. Where the objective is not finite nothing is changed.
  public func run(
    _ data: UnsafePointer<Float>, rows indices: UnsafeBufferPointer<Int32>,
    _ settings: StepSettings
  ) -> StepResult {
    guard let rows = indices.baseAddress, indices.count > 0 else {
      preconditionFailure("a training step without patches")
    }
    let layout = model.layout
    let batch = indices.count
    guard model.priorScale > 0, model.priorScale.isFinite else {
      return StepResult(negativeLogLikelihood: 0, divergence: .infinity, squaredError: 0)
    }
    let precision = Double.exp(-2 * Double(model.parameters[layout.logNoise]))
    let share = 1 / Double(batch * options.samples)
    let kernel = model.latentKernel
    let stream = NoiseStream(
      seed: options.seed, step: UInt32(truncatingIfNeeded: settings.step),
      purpose: RandomPurpose.posteriorNoise.rawValue)
    let adam = options.adam.step(settings.step, learningRate: settings.learningRate)
    let decoderAdam = options.adam.step(
      settings.step, learningRate: settings.decoderLearningRate)
    let decoder = decoderUpdate(decoderAdam, codes: batch * options.samples, step: settings.step)
    let fuses = options.clippingNorm == nil

    var squaredError = 0.0
    var divergence = 0.0
    var scaleGradient = 0.0
    for start in stride(from: 0, to: batch, by: Self.chunk) {
      let end = min(start + Self.chunk, batch)
      let updates = fuses && end == batch
      let forward = forwardPass(patches: end - start)
      let backward = BackwardPass(
        forward: forward, gradient: gradient.mutablePointer(),
        firstMoment: state.firstMoment.mutablePointer(),
        secondMoment: state.secondMoment.mutablePointer(), accumulates: start > 0,
        fusedAdam: updates ? adam : nil)
      work = Work(
        data: data, rows: rows + start, firstBlock: start / DenseLayout.lanes, sample: 0,
        forward: forward, backward: backward, decoder: decoder, adam: adam, kernel: kernel,
        noise: stream, divergenceWeight: Float(settings.divergenceWeight * share),
        residualScale: Float(precision * share), updates: updates)
      team.perform(encoding)
      for sample in 0..<options.samples {
        work?.sample = sample
        work?.noise = stream.sample(sample)
        team.perform(sampling)
        let sums = forward.sums()
        squaredError += sums.squaredError * share
        divergence += sums.divergence * share
        scaleGradient += sums.scaleGradient
      }
      guard (squaredError * precision + divergence).isFinite else { break }
      team.perform(learning)
    }

    let scalars = gradient.mutablePointer()
    scalars[layout.logNoise] =
      options.learnsNoise ? Float(Double(layout.pixels) - squaredError * precision) : 0
    scalars[layout.logPriorScale] = options.learnsPriorScale ? Float(scaleGradient) : 0
    let result = StepResult(
      negativeLogLikelihood: squaredError * precision / 2 + Double(layout.pixels)
        * (Double(model.parameters[layout.logNoise]) + .log(2 * .pi) / 2),
      divergence: divergence, squaredError: squaredError)
    guard result.negativeELBO.isFinite else { return result }
    if let limit = options.clippingNorm {
      clipGradient(to: limit)
      team.perform(clipped)
    }
    work?.move(layout.logNoise..<layout.logPriorScale + 1)
    return result
  }

  /// What the threads work on: one chunk of a batch.
  private struct Work {
    let data: UnsafePointer<Float>
    let rows: UnsafePointer<Int32>
    /// The chunk's place in its batch, in blocks.
    let firstBlock: Int
    var sample: Int
    let forward: ForwardPass
    let backward: BackwardPass
    let decoder: DecoderUpdate
    let adam: AdamStep
    let kernel: LatentKernel
    var noise: NoiseStream
    let divergenceWeight: Float
    let residualScale: Float
    /// Whether this is the batch's last chunk, and gradients go into Adam at once.
    let updates: Bool

    /// Adam's step for a range of the parameters, along stored gradients.
    func move(_ range: Range<Int>) {
      let start = range.lowerBound
      adam.update(
        forward.parameters + start, along: backward.gradient + start,
        first: backward.firstMoment + start, second: backward.secondMoment + start,
        count: range.count)
    }
  }

  private var work: Work?

  // The parallel regions of a step, made once, so that a step allocates nothing.

  private lazy var encoding: (ThreadTeam.Member) -> Void = { [unowned self] member in
    guard let work else { return }
    work.forward.load(work.data, rows: work.rows, as: member)
    work.forward.packDecoder(member.share(of: model.layout.latents))
    member.barrier()
    work.forward.encode(as: member)
  }

  private lazy var sampling: (ThreadTeam.Member) -> Void = { [unowned self] member in
    guard let work else { return }
    work.forward.sampleLatents(
      work.kernel, weight: work.divergenceWeight, firstBlock: work.firstBlock,
      stream: work.noise, gradient: work.backward.divergenceGradient(sample: work.sample),
      as: member)
    member.barrier()
    work.forward.decode(as: member)
    member.barrier()
    work.forward.compareWithData(scale: work.residualScale, as: member)
    member.barrier()
    work.backward.decoder(sample: work.sample, as: member)
    work.decoder.addCodePower(
      work.forward, fresh: work.firstBlock == 0 && work.sample == 0, as: member)
    member.barrier()
    work.backward.latents(sample: work.sample, as: member)
  }

  private lazy var learning: (ThreadTeam.Member) -> Void = { [unowned self] member in
    guard let work else { return }
    if work.updates { work.decoder.update(as: member) }
    work.backward.encoder(as: member)
  }

  private lazy var clipped: (ThreadTeam.Member) -> Void = { [unowned self] member in
    guard let work else { return }
    work.move(member.share(of: model.layout.filters, grain: DenseLayout.lanes))
    work.decoder.update(as: member)
  }

  /// Scales the whole gradient to the norm `limit` where it is longer.
  private func clipGradient(to limit: Double) {
    let kernels = svae_kernels().pointee.elementwise
    let pointer = gradient.mutablePointer()
    var power = 0.0
    for start in stride(from: 0, to: gradient.count, by: 4096) {
      let count = min(4096, gradient.count - start)
      power += Double(kernels.dot(count, pointer + start, pointer + start))
    }
    let norm = power.squareRoot()
    if norm > limit { kernels.scale(gradient.count, Float(limit / norm), pointer) }
  }

  private func forwardPass(patches: Int) -> ForwardPass {
    ForwardPass(
      layout: model.layout, configuration: model.configuration, engine: engine,
      workspace: workspace, parameters: model.parameters.mutablePointer(), patches: patches)
  }

  func decoderUpdate(_ adam: AdamStep, codes: Int, step: Int) -> DecoderUpdate {
    DecoderUpdate(
      layout: model.layout, constraint: options.constraint,
      parameters: model.parameters.mutablePointer(), gradient: gradient.mutablePointer(),
      firstMoment: state.firstMoment.mutablePointer(),
      secondMoment: state.secondMoment.mutablePointer(),
      constraintState: state.constraint.mutablePointer(),
      codePower: codePower.mutablePointer(), adam: adam, codes: codes, seed: options.seed,
      step: step)
  }
}
