import Compute
import RealModule

/// Runs a trained model over patches: posteriors, reconstructions, the ELBO's terms.
///
/// Patches are worked on in chunks by all threads; results do not depend on how many there are.
public final class Inference {
  /// Patches that are worked on at a time.
  public static let chunk = 512

  /// The model as it was given: training it further changes nothing here.
  public let model: SparseVAE
  private let team: ThreadTeam
  let step: Step
  private let memory: CPUMemory
  private let engines: [CPUEngine]
  private var parameters: AlignedArray

  /// Makes the memory for chunks of patches, and packs the filters.
  public convenience init(_ model: SparseVAE, team: ThreadTeam) {
    self.init(model, team: team, products: PanelProducts())
  }

  package init(_ model: SparseVAE, team: ThreadTeam, products: any DenseProducts) {
    precondition(
      model.parts.latents.hasMomentsOnly
        || model.parts.latents.heads.prefix(2) == ["mean", "log_scale"],
      "latents of \(model.parts.latents.heads): expected a mean and a log scale")
    self.model = model
    self.team = team
    let layout = model.layout
    let step = Step(model, .init(isTrained: false))
    self.step = step
    memory = CPUMemory(
      step.plan, packed: layout.packedLayers, pixels: layout.pixels, latents: layout.latents,
      patches: Self.chunk, parameters: 0, structured: step.latents.structured,
      noise: layout.noise, threads: team.count)
    engines = CPUEngine.engines(of: team, memory, products)
    parameters = model.parameters
    memory.parameters = .init(values: parameters.mutablePointer(), count: layout.count)
    perform { step.prepare(on: $0) }
  }

  /// The posterior of each patch.
  public struct Posteriors: Sendable {
    /// E z, for Gaussian and Laplace posteriors μ, `[patches, latents]`.
    public var mean: Matrix
    /// ℓ, the logarithm of the scale τ, within the model's range, `[patches, latents]`; of a
    /// structured posterior ½ log Σₖₖ, and of one with atoms ½ log Var z.
    public var logScale: Matrix
    /// Mean m and standard deviation w of the logarithm of each patch's contrast, `[patches, 2]`;
    /// nil where patches have none.
    public var contrast: Matrix?

    /// E[1/a] of each patch's contrast a; nil where patches have none.
    public var inverseContrasts: [Float]? {
      contrast.map { contrast in
        (0..<contrast.rows).map { row in
          let (mean, deviation) = (Double(contrast[row, 0]), Double(contrast[row, 1]))
          return Float(Double.exp(deviation * deviation / 2 - mean))
        }
      }
    }
  }

  /// The ELBO's terms and the posterior of each patch.
  public struct Evaluation: Sendable {
    /// q(z | x) of each patch.
    public var posteriors: Posteriors
    /// KL(q ‖ p) of each latent, nats, `[patches, latents]`.
    public var divergence: Matrix
    /// What the KL of all latents together, and of the contrast, has beside those, mean over patches;
    /// 0 where latents are independent.
    public var jointDivergence = 0.0
    /// The KL that the same posterior would pay at μ = 0, `[patches, latents]`.
    public var idleDivergence: Matrix
    /// E_q[−log p(x | z)], mean over patches, in nats; sampled by one z per patch
    /// where the model's `likelihood` is.
    public var negativeLogLikelihood: Double
    /// Reconstructions from the posterior means, `[patches, pixels]`.
    public var reconstructions: Matrix
  }

  /// q(z | x) for each row of `patches` [N, pixels].
  public func encode(_ patches: Matrix) -> Posteriors {
    var posteriors = emptyPosteriors(patches.rows)
    forEachChunk(of: patches) { start in
      perform { engine in
        step.encode(on: engine)
        if knowsMoments { engine.draw(step.latents, sample: 0) }
      }
      read(&posteriors, start)
    }
    return posteriors
  }

  /// x̂ = Φᵀz + b for each row of `codes` [N, latents].
  public func decode(_ codes: Matrix) -> Matrix { model.reconstructions(of: codes) }

  /// Everything of `Evaluation` for each row of `patches` [N, pixels].
  ///
  /// - Parameter seed: of the one sample of z per patch, where one is drawn.
  public func evaluate(_ patches: Matrix, seed: UInt64 = 0) -> Evaluation {
    var posteriors = emptyPosteriors(patches.rows)
    var divergence = posteriors.mean
    var idleDivergence = divergence
    var reconstructions = Matrix(rows: patches.rows, columns: model.layout.pixels)
    var (squaredError, jointDivergence) = (0.0, 0.0)
    forEachChunk(of: patches) { start in
      memory.numbers = StepNumbers(
        seed: seed, step: UInt32(truncatingIfNeeded: start / Self.chunk), purpose: .evaluation)
      perform { engine in
        step.encode(on: engine)
        engine.draw(step.latents, sample: 0)
        step.decoder.forward(on: engine)
        step.compare(on: engine)
        engine.addPower(of: step.latents, fresh: true)
        step.paint(from: step.latents.spread == nil ? means : nil, on: engine)
      }
      squaredError += engines[0].chunkSums.squaredError
      read(&posteriors, start)
      read(step.latents.divergence, start, into: &divergence)
      if let structured = step.latents.structured {
        jointDivergence += units(structured.patch[0..<1]).elements.reduce(0) { $0 + Double($1) }
        read(step.picture, start, into: &reconstructions)
        readIdleDivergence(start, into: &idleDivergence)
        return
      }
      read(step.picture, start, into: &reconstructions)
      perform { engine in
        engine.clear(means)
        engine.draw(step.latents, sample: 0)
      }
      read(step.latents.divergence, start, into: &idleDivergence)
    }
    let noise = model.noiseMeasure
    return Evaluation(
      posteriors: posteriors, divergence: divergence,
      jointDivergence: jointDivergence / Double(max(1, patches.rows)),
      idleDivergence: idleDivergence,
      negativeLogLikelihood: model.parts.likelihood.nats(
        squaredError: squaredError / Double(max(1, patches.rows)), pixels: noise.directions,
        logNoise: noise.logScale) + noise.logDeterminant,
      reconstructions: reconstructions)
  }

  /// Whether a draw finds the posterior's moments, which heads alone do not say.
  private var knowsMoments: Bool {
    step.latents.structured != nil || model.parts.latents.hasMomentsOnly
  }

  /// The first heads, μ but for counts.
  private var means: Buffer { step.latents.heads[0..<model.layout.latents] }

  func emptyPosteriors(_ rows: Int) -> Posteriors {
    let empty = Matrix(rows: rows, columns: model.layout.latents)
    let hasContrast = step.latents.structured != nil && model.contrast != nil
    return Posteriors(
      mean: empty, logScale: empty, contrast: hasContrast ? Matrix(rows: rows, columns: 2) : nil)
  }

  /// Walks operations on all threads.
  func perform(_ operations: (CPUEngine) -> Void) {
    team.run { member in
      engines[member.index].enter()
      operations(engines[member.index])
    }
  }

  /// Loads chunk after chunk and calls `body` with the first row of each.
  func forEachChunk(of patches: Matrix, _ body: (Int) -> Void) {
    precondition(
      patches.columns == model.layout.pixels,
      "patches of \(patches.columns) pixels for a model of \(model.layout.pixels)")
    for start in stride(from: 0, to: patches.rows, by: Self.chunk) {
      memory.chunk = Chunk(patches: min(Self.chunk, patches.rows - start))
      withRows(of: patches, from: start) { body(start) }
    }
  }

  /// Loads a chunk of `patches`.
  func withRows(of patches: Matrix, from start: Int, _ body: () -> Void) {
    let indices = (0..<Int32(Self.chunk)).map { $0 }
    patches.elements.withUnsafeBufferPointer { elements in
      indices.withUnsafeBufferPointer { indices in
        guard let base = elements.baseAddress, let rows = indices.baseAddress else { return }
        memory.rows = .init(
          data: base + start * patches.columns, columns: patches.columns, indices: rows)
        perform { $0.load(into: step.patches) }
        body()
      }
    }
  }

  private func read(_ posteriors: inout Posteriors, _ start: Int) {
    if knowsMoments, let spread = step.latents.spread {
      read(step.latents.z, start, into: &posteriors.mean)
      read(spread.variance, start, into: &posteriors.logScale) { row in
        for index in row.indices { row[index] = Float(Double.log(Double(row[index])) / 2) }
      }
      if let structured = step.latents.structured, posteriors.contrast != nil {
        var contrast = posteriors.contrast ?? Matrix(rows: 0, columns: 2)
        read(structured.patch[1..<3], start, into: &contrast)
        posteriors.contrast = contrast
      }
      return
    }
    let latents = model.layout.latents
    let range = model.configuration.logScaleRange
    read(means, start, into: &posteriors.mean)
    read(step.latents.heads[latents..<2 * latents], start, into: &posteriors.logScale) { row in
      for index in row.indices {
        row[index] = min(max(row[index], range.lowerBound), range.upperBound)
      }
    }
  }

  /// The KL of each latent of a structured posterior at μ = 0.
  private func readIdleDivergence(_ start: Int, into result: inout Matrix) {
    guard let structured = step.latents.structured, let spread = step.latents.spread else { return }
    let scales = (0..<model.layout.latents).map { model.priorScale(of: $0) }
    read(spread.variance, start, into: &result) { row in
      for index in row.indices {
        row[index] = Float(
          structured.idleDivergence(
            variance: Double(row[index]), priorScale: scales[index % scales.count]))
      }
    }
  }

  /// Units of the chunk that was worked on last, `[patches, units]`.
  private func units(_ units: Buffer) -> Matrix {
    var rows = Matrix(rows: memory.chunk.patches, columns: units.units)
    read(units, 0, into: &rows)
    return rows
  }

  /// Takes units out of their blocks into rows of `result` from `start` on, and passes what was
  /// written through `finish`.
  func read(
    _ units: Buffer, _ start: Int, into result: inout Matrix,
    finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) {
    let columns = result.columns
    result.elements.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      perform { $0.read(units, into: base + start * columns, finish: finish) }
    }
  }
}
