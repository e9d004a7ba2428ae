import CKernels
import Compute
import RealModule

/// Runs a trained model over patches: posteriors, reconstructions, the ELBO's terms.
///
/// Patches are worked on in chunks by all threads; results do not depend on how many there are.
public final class Inference {
  /// Patches that are worked on at a time.
  public static let chunk = 512

  public let model: SparseVAE
  private let team: ThreadTeam
  private let engine: any DenseEngine
  private let workspace: Workspace
  private var parameters: AlignedArray

  public convenience init(_ model: SparseVAE, team: ThreadTeam) {
    self.init(model, team: team, engine: PanelEngine())
  }

  package init(_ model: SparseVAE, team: ThreadTeam, engine: any DenseEngine) {
    self.model = model
    self.team = team
    self.engine = engine
    parameters = model.parameters
    workspace = Workspace(
      layout: model.layout, capacity: Self.chunk, threads: team.count, backward: false)
    forwardPass(patches: 0).packDecoder(0..<model.layout.latents)
  }

  /// The posterior of each patch.
  public struct Posteriors: Sendable {
    /// μ, `[patches, latents]`.
    public var mean: Matrix
    /// ℓ, the logarithm of the scale τ, within the model's range, `[patches, latents]`.
    public var logScale: Matrix
  }

  /// The ELBO's terms and the posterior of each patch.
  public struct Evaluation: Sendable {
    public var posteriors: Posteriors
    /// KL(q ‖ p) of each latent, nats, `[patches, latents]`.
    public var divergence: Matrix
    /// The KL that the same posterior would pay at μ = 0, `[patches, latents]`.
    public var idleDivergence: Matrix
    /// E_q[−log p(x | z)], mean over patches, by one sample each; nats per patch.
    public var negativeLogLikelihood: Double
    /// Reconstructions from the posterior means, `[patches, pixels]`.
    public var reconstructions: Matrix
  }

  /// q(z | x) for each row of `patches` [N, pixels].
  public func encode(_ patches: Matrix) -> Posteriors {
    var mean = Matrix(rows: patches.rows, columns: model.layout.latents)
    var logScale = mean
    forEachChunk(of: patches) { forward, start in
      team.run { forward.encode(as: $0) }
      readPosteriors(forward, start, &mean, &logScale)
    }
    return Posteriors(mean: mean, logScale: logScale)
  }

  /// x̂ = Φᵀz + b for each row of `codes` [N, latents].
  public func decode(_ codes: Matrix) -> Matrix {
    precondition(
      codes.columns == model.layout.latents,
      "codes of \(codes.columns) latents for a model of \(model.layout.latents)")
    var result = LinearAlgebra.product(codes, model.filters)
    let bias = model.bias
    for row in 0..<result.rows {
      for column in 0..<result.columns { result[row, column] += bias[column] }
    }
    return result
  }

  /// Everything of `Evaluation` for each row of `patches` [N, pixels].
  ///
  /// - Parameter seed: of the one sample of z per patch.
  public func evaluate(_ patches: Matrix, seed: UInt64 = 0) -> Evaluation {
    let latents = model.layout.latents
    var mean = Matrix(rows: patches.rows, columns: latents)
    var logScale = mean
    var divergence = mean
    var idleDivergence = mean
    var reconstructions = Matrix(rows: patches.rows, columns: model.layout.pixels)
    var squaredError = 0.0
    let kernel = model.latentKernel
    forEachChunk(of: patches) { forward, start in
      let stream = NoiseStream(
        seed: seed, step: UInt32(truncatingIfNeeded: start / Self.chunk),
        purpose: RandomPurpose.evaluation.rawValue)
      team.run { member in
        forward.encode(as: member)
        forward.sampleLatents(
          kernel, weight: 0, firstBlock: 0, stream: stream,
          gradient: workspace.latentGradient, as: member)
        member.barrier()
        forward.decode(as: member)
        member.barrier()
        forward.compareWithData(scale: 0, as: member)
      }
      squaredError += forward.sums().squaredError
      readPosteriors(forward, start, &mean, &logScale)
      read(workspace.divergence, unit: 0, forward, start, &divergence)
      team.run { member in
        forward.decodeMeans(as: member)
        member.barrier()
        forward.silenceMeans(as: member)
        member.barrier()
        forward.sampleLatents(
          kernel, weight: 0, firstBlock: 0, stream: stream,
          gradient: workspace.latentGradient, as: member)
      }
      read(workspace.reconstruction, unit: 0, forward, start, &reconstructions)
      read(workspace.divergence, unit: 0, forward, start, &idleDivergence)
    }
    let variance = model.noiseVariance
    let pixels = Double(model.layout.pixels)
    return Evaluation(
      posteriors: Posteriors(mean: mean, logScale: logScale), divergence: divergence,
      idleDivergence: idleDivergence,
      negativeLogLikelihood: squaredError / (2 * variance * Double(max(1, patches.rows))) + pixels
        / 2 * .log(2 * .pi * variance),
      reconstructions: reconstructions)
  }

  /// Loads chunk after chunk and calls `body` with each and with its first row.
  private func forEachChunk(of patches: Matrix, _ body: (ForwardPass, Int) -> Void) {
    precondition(
      patches.columns == model.layout.pixels,
      "patches of \(patches.columns) pixels for a model of \(model.layout.pixels)")
    let indices = (0..<Int32(Self.chunk)).map { $0 }
    patches.elements.withUnsafeBufferPointer { elements in
      indices.withUnsafeBufferPointer { indices in
        guard let base = elements.baseAddress, let rows = indices.baseAddress else { return }
        for start in stride(from: 0, to: patches.rows, by: Self.chunk) {
          let forward = forwardPass(patches: min(Self.chunk, patches.rows - start))
          team.run { forward.load(base + start * patches.columns, rows: rows, as: $0) }
          body(forward, start)
        }
      }
    }
  }

  private func readPosteriors(
    _ forward: ForwardPass, _ start: Int, _ mean: inout Matrix, _ logScale: inout Matrix
  ) {
    let latents = model.layout.latents
    let heads = workspace.activations[workspace.activations.count - 1]
    let range = model.configuration.logScaleRange
    read(heads, unit: 0, forward, start, &mean)
    read(heads, unit: latents, forward, start, &logScale) { row in
      for index in row.indices {
        row[index] = min(max(row[index], range.lowerBound), range.upperBound)
      }
    }
  }

  /// Takes units from `first` on out of their blocks into rows of `result` from `start` on, and
  /// passes what was written through `finish`.
  private func read(
    _ units: Workspace.Units, unit first: Int, _ forward: ForwardPass, _ start: Int,
    _ result: inout Matrix, finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) {
    let lanes = DenseLayout.lanes
    let columns = result.columns
    result.elements.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      team.run { member in
        for block in member.share(of: forward.blocks) {
          let rows = forward.lanes(in: block)
          let to = base + (start + block * lanes) * columns
          forward.dense.store_block(rows, columns, units.row(block, first), to, columns)
          finish(UnsafeMutableBufferPointer(start: to, count: rows * columns))
        }
      }
    }
  }

  private func forwardPass(patches: Int) -> ForwardPass {
    ForwardPass(
      layout: model.layout, configuration: model.configuration, engine: engine,
      workspace: workspace, parameters: parameters.mutablePointer(), patches: patches)
  }
}
