import CKernels
import Compute

/// The memory of one training step or one evaluation pass, made once.
///
/// Batches lie in blocks of 32 patches (`dense.h`): an array of u units takes 32·u floats a block.
final class Workspace {
  /// An array of activations: `units` a block, blocks `stride` apart.
  struct Units {
    let base: UnsafeMutablePointer<Float>
    let units: Int
    var stride: Int { units * DenseLayout.lanes }

    /// Unit `unit` of block `block`: 32 floats, the units after it following on.
    func row(_ block: Int, _ unit: Int) -> UnsafeMutablePointer<Float> {
      base + block * stride + unit * DenseLayout.lanes
    }
  }

  /// Most patches at a time.
  let capacity: Int
  /// Activations of the encoder by stage: the patches, each layer's outputs, at last μ and ℓ.
  private(set) var activations: [Units] = []
  /// ∂L/∂activations, for stages 1 and on; stage 0 has none and is not used.
  private(set) var gradients: [Units] = []
  let noise, z, scaledNoise, divergence, zGradient, reconstruction, residual: Units
  /// The divergence's gradients by μ and ℓ, of samples after the first and in evaluation.
  let latentGradient: Units
  /// Φ packed for the kernels.
  let decoderPanels: UnsafeMutablePointer<Float>
  /// Sums over rows, added up in a fixed order.
  let squaredErrors: UnsafeMutablePointer<Float>
  let divergenceSums: UnsafeMutablePointer<Float>
  let scaleGradients: UnsafeMutablePointer<Float>
  /// For each thread, room to transpose one panel of a batch.
  let scratch: [UnsafeMutablePointer<Float>]

  private var arrays: [AlignedArray] = []

  /// - Parameter backward: whether gradients will be wanted.
  init(layout: ParameterLayout, capacity: Int, threads: Int, backward: Bool) {
    self.capacity = capacity
    let blocks = DenseLayout.blocks(for: capacity)
    var arrays: [AlignedArray] = []
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
      arrays.append(AlignedArray(count: count))
      return arrays[arrays.count - 1].mutablePointer()
    }
    func units(_ count: Int) -> Units {
      Units(base: floats(count * blocks * DenseLayout.lanes), units: count)
    }
    var widths = [layout.pixels]
    for layer in layout.encoder {
      let stage = layer.plan.output.stage
      if stage == widths.count { widths.append(0) }
      widths[stage] += layer.plan.outputs
    }
    activations = widths.map(units)
    let latents = layout.latents
    noise = units(latents)
    z = units(latents)
    scaledNoise = units(latents)
    divergence = units(latents)
    latentGradient = units(2 * latents)
    reconstruction = units(layout.pixels)
    residual = units(layout.pixels)
    zGradient = units(backward ? latents : 0)
    if backward { gradients = widths.enumerated().map { units($0 == 0 ? 0 : $1) } }
    decoderPanels = floats(layout.filterStride * latents)
    squaredErrors = floats(blocks * layout.pixels)
    divergenceSums = floats(blocks * latents)
    scaleGradients = floats(blocks * latents)
    scratch = (0..<threads).map { _ in floats(blocks * DenseLayout.lanes * DenseLayout.lanes) }
    self.arrays = arrays
  }
}
