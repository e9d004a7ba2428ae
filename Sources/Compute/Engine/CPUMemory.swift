import CKernels

/// The memory that a team's engines share: buffers, packed weights, partial sums, and where a
/// model's parameters and a batch lie at the moment.
package final class CPUMemory {
  /// A model's parameters and what learning keeps beside them, all of one layout.
  package struct Parameters {
    /// The parameters themselves.
    package var values: UnsafeMutablePointer<Float>
    /// Their gradient and Adam's moments; nil where nothing is learned.
    package var gradient: UnsafeMutablePointer<Float>?
    package var firstMoment: UnsafeMutablePointer<Float>?
    package var secondMoment: UnsafeMutablePointer<Float>?
    /// Number of floats in each.
    package var count: Int

    package init(
      values: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>? = nil,
      firstMoment: UnsafeMutablePointer<Float>? = nil,
      secondMoment: UnsafeMutablePointer<Float>? = nil, count: Int
    ) {
      self.values = values
      self.gradient = gradient
      self.firstMoment = firstMoment
      self.secondMoment = secondMoment
      self.count = count
    }
  }

  /// Data of which a chunk is to be loaded.
  package struct Rows {
    /// The first row that `indices` counts from.
    package var data: UnsafePointer<Float>
    package var columns: Int
    package var indices: UnsafePointer<Int32>

    package init(
      data: UnsafePointer<Float>, columns: Int, indices: UnsafePointer<Int32>
    ) {
      self.data = data
      self.columns = columns
      self.indices = indices
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
  /// Σ z² over the batch, for each latent.
  package let power: UnsafeMutablePointer<Float>

  /// The memory of each buffer, by its number.
  let arrays: [UnsafeMutablePointer<Float>]
  /// Weights that lie in rows as panels, by the number of their copy.
  let packed: [UnsafeMutablePointer<Float>]
  /// Sums over rows, added up in a fixed order.
  let squaredErrors: UnsafeMutablePointer<Float>
  let divergenceSums: UnsafeMutablePointer<Float>
  let scaleGradients: UnsafeMutablePointer<Float>
  let pieces: UnsafeMutablePointer<Double>
  /// For each thread, room to transpose one panel of a batch.
  let scratch: [UnsafeMutablePointer<Float>]

  private var owned: [AlignedArray] = []

  /// - Parameters:
  ///   - plan: the buffers.
  ///   - packed: the layers whose weights lie in rows, in the order of their copies.
  ///   - patches: the most in a chunk.
  ///   - parameters: the number of floats in the layout; 0 where nothing is learned.
  package init(
    _ plan: BufferPlan, packed layers: [DenseWeights], pixels: Int, latents: Int, patches: Int,
    parameters count: Int, threads: Int
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
    squaredErrors = floats(blocks * pixels)
    divergenceSums = floats(blocks * latents)
    scaleGradients = floats(blocks * latents)
    power = floats(latents)
    scratch = (0..<threads).map { _ in floats(blocks * lanes * lanes) }
    let grain = Self.clippingGrain
    pieces = .allocate(capacity: max(1, (count + grain - 1) / grain))
    self.owned = owned
  }

  deinit { pieces.deallocate() }
}
