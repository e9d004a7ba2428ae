import CKernels

/// The memory that a team's engines share: buffers, packed weights, partial sums, and where a
/// model's parameters and a batch lie at the moment.
package final class CPUMemory {
  /// A model's parameters and what learning keeps beside them, all of one layout.
  package struct Parameters {
    /// The parameters themselves.
    package let values: UnsafeMutablePointer<Float>
    /// Number of floats in each array.
    package let count: Int
    /// Nil where nothing is learned.
    package let learning: Learning?

    package init(
      values: UnsafeMutablePointer<Float>, count: Int, learning: Learning? = nil
    ) {
      (self.values, self.count, self.learning) = (values, count, learning)
    }
  }

  /// What learning keeps of the parameters: their gradient, Adam's moments, and the numbers that a
  /// `RowUpdate` keeps.
  package typealias Learning = (
    gradient: UnsafeMutablePointer<Float>, firstMoment: UnsafeMutablePointer<Float>,
    secondMoment: UnsafeMutablePointer<Float>, rows: UnsafeMutablePointer<Float>
  )

  /// Data of which a chunk is to be loaded.
  package struct Rows {
    /// The first row that `indices` counts from.
    package let data: UnsafePointer<Float>
    package let columns: Int
    package let indices: UnsafePointer<Int32>

    package init(data: UnsafePointer<Float>, columns: Int, indices: UnsafePointer<Int32>) {
      (self.data, self.columns, self.indices) = (data, columns, indices)
    }
  }

  /// Latents that are worked on at a time, so that sums do not depend on the number of threads.
  static let latentGrain = 8
  /// Numbers of the gradient whose squares are added up at a time.
  static let clippingGrain = 4096

  /// Valid while the engines run.
  package var parameters: Parameters?
  package var rows: Rows?
  package var chunk = Chunk(patches: 0)
  package var numbers = StepNumbers(seed: 0, step: 0, purpose: .posteriorNoise)
  /// Σ E z² over the batch, for each latent.
  package let power: UnsafeMutablePointer<Float>

  /// The memory of each buffer, by its number.
  let arrays: [UnsafeMutablePointer<Float>]
  /// Weights that lie in rows as panels, by the number of their copy; and each row's Σ w².
  let packed: [UnsafeMutablePointer<Float>]
  let rowPowers: [UnsafeMutablePointer<Float>]
  /// Σ Var z over the chunk, for each latent.
  let variances: UnsafeMutablePointer<Float>
  /// Sums over rows, added up in a fixed order.
  let squaredErrors: UnsafeMutablePointer<Float>
  let divergenceSums: UnsafeMutablePointer<Float>
  let scaleGradients: UnsafeMutablePointer<Float>
  /// Of latents that each have their own scale: those of each, and their sums over the batch.
  let ownScaleGradients: UnsafeMutablePointer<Float>
  let scaleSlopes: UnsafeMutablePointer<Double>
  /// β · Σ ∂KL/∂ of the prior's further number over the patches of a block, for each latent.
  let numberSlopes: UnsafeMutablePointer<Float>
  let pieces: UnsafeMutablePointer<Double>
  /// Nil where latents are independent.
  let structured: StructuredMemory?
  /// Nil where noise is the same in all directions.
  let whitening: WhiteningMemory?
  /// For each thread, room to transpose one panel of a batch.
  let scratch: [UnsafeMutablePointer<Float>]

  private var owned: [AlignedArray] = []
  private let slopes: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - plan: the buffers.
  ///   - packed: the layers whose weights lie in rows, in the order of their copies.
  ///   - patches: the most in a chunk.
  ///   - parameters: the number of floats in the layout; 0 where nothing is learned.
  ///   - structured: the latents' part that is conditioned together.
  ///   - noise: where it differs between directions.
  package init(
    _ plan: BufferPlan, packed layers: [DenseWeights], pixels: Int, latents: Int, patches: Int,
    parameters count: Int, structured: StructuredUnits? = nil, noise: NoiseWeights? = nil,
    threads: Int
  ) {
    let blocks = DenseLayout.blocks(for: patches)
    let lanes = DenseLayout.lanes
    var owned: [AlignedArray] = []
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
      owned.append(AlignedArray(count: count))
      return owned[owned.count - 1].mutablePointer()
    }
    arrays = plan.widths.map { floats($0 * blocks * lanes) }
    packed = layers.map { floats($0.inputs * DenseLayout.padded($0.outputs)) }
    rowPowers = layers.map { floats($0.inputs) }
    variances = floats(latents)
    squaredErrors = floats(blocks * pixels)
    divergenceSums = floats(blocks * latents)
    scaleGradients = floats(blocks * latents)
    ownScaleGradients = floats(blocks * latents)
    scaleSlopes = .allocate(capacity: max(1, latents))
    scaleSlopes.initialize(repeating: 0, count: max(1, latents))
    numberSlopes = floats(blocks * latents)
    power = floats(latents)
    scratch = (0..<threads).map { _ in floats(blocks * lanes * lanes) }
    let grain = Self.clippingGrain
    pieces = .allocate(capacity: max(1, (count + grain - 1) / grain))
    let slopes = UnsafeMutablePointer<Double>.allocate(capacity: max(1, noise?.pixels ?? 0))
    slopes.initialize(repeating: 0, count: noise?.pixels ?? 0)
    self.slopes = slopes
    self.structured = structured.map {
      StructuredMemory($0, groups: 2 * blocks, isTrained: count > 0, threads: threads)
    }
    whitening = noise.map { noise in
      let blocks = noise.filters.inputs / lanes + 1
      let floats = floats(2 * blocks * noise.pixels * lanes)
      return WhiteningMemory(
        blocks: blocks, rows: floats, products: floats + blocks * noise.pixels * lanes,
        slopes: slopes)
    }
    self.owned = owned
  }

  deinit {
    pieces.deallocate()
    scaleSlopes.deallocate()
    slopes.deallocate()
  }

  /// Where the parameters are.
  package var values: UnsafeMutablePointer<Float> { present.values }

  /// What learning keeps of them.
  package var learning: Learning {
    guard let learning = present.learning else { preconditionFailure("nothing is learned here") }
    return learning
  }

  var present: Parameters {
    guard let parameters else { preconditionFailure("engines that were given no parameters") }
    return parameters
  }
}
