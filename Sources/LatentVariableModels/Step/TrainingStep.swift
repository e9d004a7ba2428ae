import Compute
import Filters

/// A model in training: runs steps of stochastic gradient ascent on the ELBO, on all threads of a
/// team at once.
///
/// Rows of a layer's output are divided among the threads, and so are the weights whose gradient is
/// formed: nothing is added up twice, and every number comes out the same on any number of threads.
public final class TrainingStep {
  /// Patches that are worked on at a time: the activations of so many stay in the cache.
  static let chunk = 128

  /// The model as it is now.
  public internal(set) var model: SparseVAE
  /// Adam's moments and the constraint's numbers: what a checkpoint holds beside the model.
  public internal(set) var state: OptimizerState

  let settings: TrainingSettings
  private let samples: Int
  let team: ThreadTeam
  package private(set) var gradient: AlignedArray
  private let memory: CPUMemory
  private let engines: [CPUEngine]
  private let update: FilterUpdate
  /// One thread's part of a step, made once, so that steps allocate nothing.
  private let walk: (ThreadTeam.Member) -> Void

  /// - Parameters:
  ///   - settings: the precision must be available on this processor; epochs and rates have no
  ///     part, for `run` is told its own.
  ///   - batch: most patches in a batch; the settings' own by default.
  ///   - state: what an earlier training left; nil begins one, with filters made feasible.
  public convenience init(
    _ model: SparseVAE, _ settings: TrainingSettings,
    constraint: any FilterConstraint = UnitNorm(), batch: Int? = nil,
    state: OptimizerState? = nil, team: ThreadTeam
  ) {
    let products = settings.precision.products(
      for: model.layout, patches: min(batch ?? settings.batchSize, Self.chunk),
      threads: team.count)
    guard let products else {
      preconditionFailure("precision \(settings.precision) on a processor without bfloat16")
    }
    self.init(
      model, settings, constraint: constraint, batch: batch, state: state, team: team,
      products: products)
  }

  /// - Parameter products: what multiplies the dense layers.
  package init(
    _ model: SparseVAE, _ settings: TrainingSettings,
    constraint: any FilterConstraint = UnitNorm(), batch: Int? = nil,
    state: OptimizerState? = nil, team: ThreadTeam, products: any DenseProducts
  ) {
    let layout = model.layout
    let step = Step(
      model,
      .init(
        samples: settings.samples, clippingNorm: settings.clippingNorm,
        learnsNoise: settings.learnsNoise, learnsPriorScale: settings.learnsPriorScale,
        learnsActiveShare: settings.learnsActiveShare,
        priorScaleUpdate: settings.priorScaleUpdate))
    self.model = model
    self.settings = settings
    self.team = team
    samples = step.samples
    self.state = state ?? OptimizerState(for: model, constraint)
    gradient = AlignedArray(count: layout.count)
    let memory = CPUMemory(
      step.plan, packed: layout.packedLayers, pixels: layout.pixels, latents: layout.latents,
      patches: min(batch ?? settings.batchSize, Self.chunk), parameters: layout.count,
      structured: step.latents.structured, noise: layout.noise, threads: team.count)
    let engines = CPUEngine.engines(of: team, memory, products)
    let update = FilterUpdate(
      layout: layout, constraint: constraint, seed: settings.seed, memory: memory)
    self.memory = memory
    self.engines = engines
    self.update = update
    walk = { member in
      let engine = engines[member.index]
      engine.enter()
      step.walk(on: engine, constraint: update)
    }
    // Filters that were just drawn need not be feasible; saved ones are, to the bit.
    guard state == nil else { return }
    attach(StepNumbers(seed: settings.seed, step: 0, purpose: .posteriorNoise))
    for latent in 0..<layout.latents { update.project(latent) }
  }

  /// Runs one step on the rows `indices` of `patches` [N, pixels].
  ///
  /// Allocates nothing. Where the objective is not finite nothing is changed.
  public func run(
    _ patches: Matrix, rows indices: ArraySlice<Int32>, _ now: StepSettings
  ) -> StepResult {
    precondition(!indices.isEmpty, "a training step without patches")
    precondition(
      patches.columns == model.layout.pixels,
      "patches of \(patches.columns) pixels for a model of \(model.layout.pixels)")
    guard model.hasUsableScales else {
      return StepResult(negativeLogLikelihood: 0, divergence: .infinity, squaredError: 0)
    }
    let noise = model.noiseMeasure
    attach(
      StepNumbers(
        seed: settings.seed, step: UInt32(truncatingIfNeeded: now.step), purpose: .posteriorNoise,
        adam: settings.adam.step(now.step, learningRate: now.learningRate),
        decoderAdam: settings.adam.step(now.step, learningRate: now.decoderLearningRate),
        divergenceWeight: now.divergenceWeight, codes: indices.count * samples,
        learnsScales: now.learnsScales))
    patches.elements.withUnsafeBufferPointer { data in
      indices.withUnsafeBufferPointer { rows in
        guard let data = data.baseAddress, let rows = rows.baseAddress else { return }
        memory.rows = .init(data: data, columns: patches.columns, indices: rows)
        for start in stride(from: 0, to: indices.count, by: Self.chunk) {
          let end = min(start + Self.chunk, indices.count)
          memory.chunk = Chunk(patches: end - start, start: start, isLast: end == indices.count)
          team.perform(walk)
        }
      }
    }
    let sums = engines[0].sums
    return StepResult(
      negativeLogLikelihood: model.parts.likelihood.nats(
        squaredError: sums.squaredError, pixels: noise.directions, logNoise: noise.logScale)
        + noise.logDeterminant,
      divergence: sums.divergence, squaredError: sums.squaredError)
  }

  /// Gives a latent a new filter; Adam forgets the old one.
  func replace(filter latent: Int, with filter: some Sequence<Float>) {
    attach(StepNumbers(seed: settings.seed, step: 0, purpose: .posteriorNoise))
    update.replace(latent, with: filter)
  }

  /// From here on noise differs between directions, where the model has any.
  func takeNoiseProfile() { model.takeNoiseProfile() }

  /// Shows the engines where the model is, which copies of it may have moved, and the numbers.
  private func attach(_ numbers: StepNumbers) {
    memory.numbers = numbers
    memory.parameters = .init(
      values: model.parameters.mutablePointer(), count: model.layout.count,
      learning: (
        gradient.mutablePointer(), state.firstMoment.mutablePointer(),
        state.secondMoment.mutablePointer(), state.constraint.mutablePointer()
      ))
  }
}
