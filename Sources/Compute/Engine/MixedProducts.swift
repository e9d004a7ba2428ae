import CKernels

/// Products of bfloat16 numbers with float32 sums, twice as fast where the processor has them.
///
/// Weights, Adam's moments, gradients and activations stay float32; only the factors of the
/// products are rounded, to 8 significant bits.
package final class MixedProducts: DenseProducts, @unchecked Sendable {
  private let kernels: svae_mixed_kernels
  private let plain = svae_kernels().pointee.dense
  private let stride: Int
  /// Inputs or gradients of all blocks, rounded, shared by the threads.
  private let pairs: UnsafeMutablePointer<UInt16>
  private let rounded: UnsafeMutablePointer<UInt16>
  private let scratch: [UnsafeMutablePointer<UInt16>]

  /// Whether this processor has the instructions (AVX512-BF16).
  package static var isAvailable: Bool { svae_has_bfloat16() != 0 }

  /// - Parameters:
  ///   - units: the most units that any layer reads or writes.
  ///   - patches: the most patches in a batch.
  ///   - threads: the team's.
  /// - Returns: nil where the processor lacks the instructions.
  package init?(units: Int, patches: Int, threads: Int) {
    guard let kernels = svae_mixed_kernels() else { return nil }
    self.kernels = kernels.pointee
    let blocks = DenseLayout.blocks(for: patches)
    stride = DenseLayout.padded(units) * DenseLayout.lanes
    func numbers(_ count: Int) -> UnsafeMutablePointer<UInt16> {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
      return memory.initializeMemory(as: UInt16.self, repeating: 0, count: count)
    }
    pairs = numbers(blocks * stride)
    rounded = numbers(blocks * stride)
    let own = max(stride + DenseLayout.lanes, blocks * DenseLayout.lanes * DenseLayout.lanes)
    scratch = (0..<threads).map { _ in numbers(own) }
  }

  deinit {
    pairs.deallocate()
    rounded.deallocate()
    for memory in scratch { memory.deallocate() }
  }

  package func forward(_ layer: svae_dense, rectify: Bool, as member: ThreadTeam.Member) {
    pair(layer.in, units: layer.inputs, stride: layer.in_stride, blocks: layer.blocks, member)
    withUnsafePointer(to: layer) { layer in
      let share = member.share(of: plain.forward_units(layer))
      kernels.forward(
        layer, pairs, stride, rectify ? 1 : 0, scratch[member.index], share.lowerBound,
        share.upperBound)
    }
  }

  package func inputGradient(
    _ layer: svae_dense, outputGradient: UnsafePointer<Float>, stride gradientStride: Int,
    into gradient: UnsafeMutablePointer<Float>, gradientStride inputStride: Int, rectified: Bool,
    as member: ThreadTeam.Member
  ) {
    pair(
      outputGradient, units: layer.outputs, stride: gradientStride, blocks: layer.blocks, member)
    withUnsafePointer(to: layer) { layer in
      let share = member.share(of: plain.input_gradient_units(layer))
      kernels.input_gradient(
        layer, pairs, stride, gradient, inputStride, rectified ? 1 : 0, scratch[member.index],
        share.lowerBound, share.upperBound)
    }
  }

  package func weightGradient(
    _ layer: svae_dense, _ update: svae_weight_update, as member: ThreadTeam.Member
  ) {
    // The layer before may still be read from the same memory.
    member.barrier()
    for unit in member.share(of: layer.blocks * layer.inputs, grain: 8) {
      let (block, row) = (unit / layer.inputs, unit % layer.inputs)
      kernels.round_units(
        1, layer.in + block * layer.in_stride + row * DenseLayout.lanes,
        rounded + block * stride + row * DenseLayout.lanes)
    }
    member.barrier()
    withUnsafePointer(to: layer) { layer in
      withUnsafePointer(to: update) { update in
        let share = member.share(of: plain.weight_gradient_units(layer))
        kernels.weight_gradient(
          layer, update, rounded, stride, scratch[member.index], share.lowerBound,
          share.upperBound)
      }
    }
  }

  /// Rounds units into pairs, all threads together.
  private func pair(
    _ source: UnsafePointer<Float>, units: Int, stride sourceStride: Int, blocks: Int,
    _ member: ThreadTeam.Member
  ) {
    member.barrier()
    let lanes = DenseLayout.lanes
    let pieces = (units + 15) / 16
    for piece in member.share(of: blocks * pieces) {
      let (block, first) = (piece / pieces, piece % pieces * 16)
      kernels.pair_units(
        min(16, units - first), source + block * sourceStride + first * lanes,
        pairs + block * stride + first * lanes)
    }
    member.barrier()
  }
}
