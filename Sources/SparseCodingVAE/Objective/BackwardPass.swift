import CKernels
import Compute

/// From the ELBO's terms back to the gradient, over one chunk of a batch.
///
/// As in `ForwardPass`, every method does one member's share, and barriers stand between them.
struct BackwardPass {
  let forward: ForwardPass
  let gradient: UnsafeMutablePointer<Float>
  let firstMoment: UnsafeMutablePointer<Float>
  let secondMoment: UnsafeMutablePointer<Float>
  /// Whether gradients of an earlier chunk are there to be added to.
  let accumulates: Bool
  /// Adam's numbers, where the encoder's parameters are to be updated right away.
  let fusedAdam: AdamStep?

  private var layout: ParameterLayout { forward.layout }
  private var workspace: Workspace { forward.workspace }

  /// ∂L/∂x̂ → ∂L/∂z, and the gradients of Φ and b.
  ///
  /// - Parameter sample: which of several samples of z this is.
  func decoder(sample: Int, as member: ThreadTeam.Member) {
    let layer = forward.decoderLayer
    forward.engine.inputGradient(
      layer, outputGradient: workspace.residual.base, stride: workspace.residual.stride,
      into: workspace.zGradient.base, gradientStride: workspace.zGradient.stride,
      rectified: false, as: member)
    let update = svae_weight_update(
      out_gradient: workspace.residual.base, out_gradient_stride: workspace.residual.stride,
      panel_stride: DenseLayout.lanes, row_stride: layout.filterStride,
      gradient: gradient + layout.filters, bias_gradient: gradient + layout.decoderBias,
      accumulate: accumulates || sample > 0 ? 1 : 0, adam: nil, weights: nil, bias: nil,
      first_moment: nil, bias_first_moment: nil, second_moment: nil, bias_second_moment: nil,
      scratch: workspace.scratch[member.index])
    forward.engine.weightGradient(layer, update, as: member)
  }

  /// The gradients by μ and ℓ: the divergence's own, and what comes through z = μ + e^ℓ·ε.
  func latents(sample: Int, as member: ThreadTeam.Member) {
    let heads = workspace.gradients[workspace.gradients.count - 1]
    let latents = layout.latents
    let own = divergenceGradient(sample: sample)
    for unit in member.share(of: forward.blocks * latents) {
      let (block, latent) = (unit / latents, unit % latents)
      forward.latentKernels.backward(
        DenseLayout.lanes, workspace.zGradient.row(block, latent),
        workspace.scaledNoise.row(block, latent), own.row(block, latent),
        own.row(block, latents + latent))
      guard sample > 0 else { continue }
      for part in [latent, latents + latent] {
        forward.elementwise.add_scaled(
          DenseLayout.lanes, 1, own.row(block, part), heads.row(block, part))
      }
    }
  }

  /// Where the divergence's gradients by μ and ℓ go: for the first sample straight to the heads, to
  /// which those of more samples are added.
  func divergenceGradient(sample: Int) -> Workspace.Units {
    sample == 0 ? workspace.gradients[workspace.gradients.count - 1] : workspace.latentGradient
  }

  /// ∂L/∂(μ, ℓ) → the encoder's gradients or, with `fusedAdam`, its new parameters.
  func encoder(as member: ThreadTeam.Member) {
    for index in layout.encoder.indices.reversed() {
      let plan = layout.encoder[index].plan
      let layer = forward.encoderLayer(index)
      let output = workspace.gradients[plan.output.stage]
      let outputGradient = output.row(0, plan.output.unit)
      if plan.input.stage > 0 {
        let input = workspace.gradients[plan.input.stage]
        forward.engine.inputGradient(
          layer, outputGradient: outputGradient, stride: output.stride,
          into: input.row(0, plan.input.unit), gradientStride: input.stride, rectified: true,
          as: member)
        // The weights are read above and may be changed below.
        member.barrier()
      }
      let weights = layout.encoder[index].weights
      let bias = layout.encoder[index].bias
      var update = svae_weight_update(
        out_gradient: outputGradient, out_gradient_stride: output.stride,
        panel_stride: plan.inputs * DenseLayout.lanes, row_stride: DenseLayout.lanes,
        gradient: gradient + weights, bias_gradient: gradient + bias,
        accumulate: accumulates ? 1 : 0, adam: nil, weights: forward.parameters + weights,
        bias: forward.parameters + bias, first_moment: firstMoment + weights,
        bias_first_moment: firstMoment + bias, second_moment: secondMoment + weights,
        bias_second_moment: secondMoment + bias, scratch: workspace.scratch[member.index])
      if let fusedAdam {
        withUnsafePointer(to: fusedAdam.raw) { adam in
          update.adam = adam
          forward.engine.weightGradient(layer, update, as: member)
        }
      } else {
        forward.engine.weightGradient(layer, update, as: member)
      }
    }
  }
}
