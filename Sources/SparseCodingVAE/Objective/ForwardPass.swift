import CKernels
import Compute

/// From patches to the ELBO's terms: x → (μ, ℓ) → z → x̂, over one chunk of a batch.
///
/// Every method is called by all members of a team together and does one member's share; a barrier
/// stands between one method and the next.
struct ForwardPass {
  /// Latents that are worked on at a time, so that sums do not depend on the number of threads.
  static let latentGrain = 8

  let layout: ParameterLayout
  let configuration: ModelConfiguration
  let engine: any DenseEngine
  let workspace: Workspace
  /// The model's parameters.
  let parameters: UnsafeMutablePointer<Float>
  let elementwise = svae_kernels().pointee.elementwise
  let dense = svae_kernels().pointee.dense
  let latentKernels = svae_kernels().pointee.latent

  /// Patches of this chunk.
  var patches = 0
  var blocks: Int { DenseLayout.blocks(for: patches) }

  /// Patches in block `block`: 32, or fewer in the last.
  func lanes(in block: Int) -> Int { min(DenseLayout.lanes, patches - block * DenseLayout.lanes) }

  /// Brings rows `indices` of the data [N, pixels] into blocks.
  func load(
    _ data: UnsafePointer<Float>, rows indices: UnsafePointer<Int32>,
    as member: ThreadTeam.Member
  ) {
    let lanes = DenseLayout.lanes
    let groups = (layout.pixels + lanes - 1) / lanes
    for unit in member.share(of: blocks * groups) {
      let (block, first) = (unit / groups, unit % groups * lanes)
      let columns = min(lanes, layout.pixels - first)
      dense.load_block(
        self.lanes(in: block), columns, data + first, layout.pixels, indices + block * lanes,
        workspace.activations[0].row(block, first))
    }
  }

  /// Packs the filters `range` of Φ for the kernels.
  func packDecoder(_ range: Range<Int>) {
    DenseLayout.pack(
      rows: range, of: layout.latents, columns: layout.pixels, from: parameters + layout.filters,
      stride: layout.filterStride, into: workspace.decoderPanels)
  }

  /// The operands of encoder layer `index` for this chunk.
  func encoderLayer(_ index: Int) -> svae_dense {
    let layer = layout.encoder[index]
    let input = workspace.activations[layer.plan.input.stage]
    let output = workspace.activations[layer.plan.output.stage]
    return svae_dense(
      inputs: layer.plan.inputs, outputs: layer.plan.outputs, blocks: blocks,
      weights: parameters + layer.weights, bias: parameters + layer.bias,
      in: input.row(0, layer.plan.input.unit), in_stride: input.stride,
      out: output.row(0, layer.plan.output.unit), out_stride: output.stride)
  }

  /// The decoder's operands for this chunk.
  var decoderLayer: svae_dense {
    svae_dense(
      inputs: layout.latents, outputs: layout.pixels, blocks: blocks,
      weights: workspace.decoderPanels, bias: parameters + layout.decoderBias,
      in: workspace.z.base, in_stride: workspace.z.stride, out: workspace.reconstruction.base,
      out_stride: workspace.reconstruction.stride)
  }

  /// Patches → μ and ℓ, the last stage's units.
  func encode(as member: ThreadTeam.Member) {
    for index in layout.encoder.indices {
      engine.forward(
        encoderLayer(index), rectify: layout.encoder[index].plan.rectified, as: member)
      member.barrier()
    }
  }

  /// z → x̂ = Φᵀz + b.
  func decode(as member: ThreadTeam.Member) {
    engine.forward(decoderLayer, rectify: false, as: member)
  }

  /// μ → x̂ = Φᵀμ + b.
  func decodeMeans(as member: ThreadTeam.Member) {
    let heads = workspace.activations[workspace.activations.count - 1]
    var layer = decoderLayer
    (layer.in, layer.in_stride) = (UnsafePointer(heads.base), heads.stride)
    engine.forward(layer, rectify: false, as: member)
  }

  /// The posterior's noise, z = μ + e^ℓ·ε, each latent's KL, and `weight` times its gradients.
  ///
  /// - Parameters:
  ///   - kernel: of the model's posterior and prior.
  ///   - firstBlock: this chunk's place in its batch, in blocks; the noise depends on it.
  ///   - stream: seed, step and purpose of the noise.
  ///   - gradient: where the divergence's gradients by μ and ℓ go.
  func sampleLatents(
    _ kernel: LatentKernel, weight: Float, firstBlock: Int, stream: NoiseStream,
    gradient: Workspace.Units, as member: ThreadTeam.Member
  ) {
    let latents = layout.latents
    let heads = workspace.activations[workspace.activations.count - 1]
    let grain = Self.latentGrain
    let pieces = (latents + grain - 1) / grain
    let fill =
      configuration.posterior == .gaussian ? elementwise.normals : elementwise.laplaces
    for unit in member.share(of: blocks * pieces) {
      let (block, first) = (unit / pieces, unit % pieces * grain)
      let count = min(grain, latents - first)
      fill?(
        count, UInt64((firstBlock + block) * latents + first), stream.seed, stream.step,
        stream.purpose, workspace.noise.row(block, first))
      var planes = svae_latent_planes()
      (planes.latents, planes.lanes, planes.weight) = (count, lanes(in: block), weight)
      planes.mean = UnsafePointer(heads.row(block, first))
      planes.log_scale = UnsafePointer(heads.row(block, latents + first))
      planes.noise = UnsafePointer(workspace.noise.row(block, first))
      planes.z = workspace.z.row(block, first)
      planes.tau_noise = workspace.scaledNoise.row(block, first)
      planes.kl = workspace.divergence.row(block, first)
      planes.d_mean = gradient.row(block, first)
      planes.d_log_scale = gradient.row(block, latents + first)
      workspace.scaleGradients[unit] = kernel.draw(&planes)
      workspace.divergenceSums[unit] = elementwise.sum(
        count * DenseLayout.lanes, workspace.divergence.row(block, first))
    }
  }

  /// Sets every μ to 0, for the divergence of latents that say nothing.
  func silenceMeans(as member: ThreadTeam.Member) {
    let heads = workspace.activations[workspace.activations.count - 1]
    for block in member.share(of: blocks) {
      heads.row(block, 0).update(repeating: 0, count: layout.latents * DenseLayout.lanes)
    }
  }

  /// x̂ − x: its square's sum for each pixel and block, and `scale` times itself.
  func compareWithData(scale: Float, as member: ThreadTeam.Member) {
    for unit in member.share(of: blocks * layout.pixels) {
      let (block, pixel) = (unit / layout.pixels, unit % layout.pixels)
      workspace.squaredErrors[unit] = elementwise.residual(
        lanes(in: block), workspace.activations[0].row(block, pixel),
        workspace.reconstruction.row(block, pixel), scale, workspace.residual.row(block, pixel))
    }
  }

  /// The sums of the last `sampleLatents` and `compareWithData`, in a fixed order.
  func sums() -> (squaredError: Double, divergence: Double, scaleGradient: Double) {
    var error = 0.0
    for unit in 0..<blocks * layout.pixels { error += Double(workspace.squaredErrors[unit]) }
    let pieces = (layout.latents + Self.latentGrain - 1) / Self.latentGrain
    var divergence = 0.0
    var scale = 0.0
    for unit in 0..<blocks * pieces {
      divergence += Double(workspace.divergenceSums[unit])
      scale += Double(workspace.scaleGradients[unit])
    }
    return (error, divergence, scale)
  }
}

/// Which random numbers a pass over the latents uses.
struct NoiseStream {
  let seed: UInt64
  let step: UInt32
  var purpose: UInt32

  /// The stream of the n-th sample of z for the same patches.
  func sample(_ index: Int) -> NoiseStream {
    var stream = self
    stream.purpose += UInt32(truncatingIfNeeded: index) << 8
    return stream
  }
}
