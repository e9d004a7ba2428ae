import CKernels
import Compute

/// The same products through the system's BLAS, a panel and a block at a time.
///
/// What this package's own kernels are held against. Each piece is one call whatever the number of
/// threads, so results do not depend on it.
package struct BLASProducts: DenseProducts {
  private let lanes = DenseLayout.lanes

  package init() {}

  package func forward(_ layer: svae_dense, rectify: Bool, as member: ThreadTeam.Member) {
    for panel in member.share(of: DenseLayout.padded(layer.outputs) / lanes) {
      let rows = min(lanes, layer.outputs - panel * lanes)
      let weights = layer.weights + panel * layer.inputs * lanes
      for block in 0..<layer.blocks {
        let output = layer.out + block * layer.out_stride + panel * lanes * lanes
        for row in 0..<rows {
          (output + row * lanes).update(repeating: layer.bias[panel * lanes + row], count: lanes)
        }
        LinearAlgebra.multiply(
          rows: rows, columns: lanes, inner: layer.inputs, weights, strideA: lanes,
          transposeA: true, layer.in + block * layer.in_stride, strideB: lanes, beta: 1, output,
          strideC: lanes)
        if rectify {
          for index in 0..<rows * lanes where output[index] < 0 { output[index] = 0 }
        }
      }
    }
  }

  package func inputGradient(
    _ layer: svae_dense, outputGradient: UnsafePointer<Float>, stride: Int,
    into gradient: UnsafeMutablePointer<Float>, gradientStride: Int, rectified: Bool,
    as member: ThreadTeam.Member
  ) {
    let pieces = DenseLayout.padded(layer.inputs) / lanes
    for unit in member.share(of: pieces * layer.blocks) {
      let (piece, block) = (unit / layer.blocks, unit % layer.blocks)
      let rows = min(lanes, layer.inputs - piece * lanes)
      let result = gradient + block * gradientStride + piece * lanes * lanes
      for panel in 0..<DenseLayout.padded(layer.outputs) / lanes {
        LinearAlgebra.multiply(
          rows: rows, columns: lanes, inner: min(lanes, layer.outputs - panel * lanes),
          layer.weights + (panel * layer.inputs + piece * lanes) * lanes, strideA: lanes,
          outputGradient + block * stride + panel * lanes * lanes, strideB: lanes,
          beta: panel == 0 ? 0 : 1, result, strideC: lanes)
      }
      if rectified {
        let input = layer.in + block * layer.in_stride + piece * lanes * lanes
        for index in 0..<rows * lanes where input[index] <= 0 { result[index] = 0 }
      }
    }
  }

  package func weightGradient(
    _ layer: svae_dense, _ update: svae_weight_update, as member: ThreadTeam.Member
  ) {
    for panel in member.share(of: DenseLayout.padded(layer.outputs) / lanes) {
      let columns = min(lanes, layer.outputs - panel * lanes)
      let weights = panel * update.panel_stride
      for block in 0..<layer.blocks {
        let fresh = block == 0 && update.accumulate == 0
        let outputGradient =
          update.out_gradient + block * update.out_gradient_stride + panel * lanes * lanes
        LinearAlgebra.multiply(
          rows: layer.inputs, columns: columns, inner: lanes,
          layer.in + block * layer.in_stride, strideA: lanes, outputGradient, strideB: lanes,
          transposeB: true, beta: fresh ? 0 : 1, update.gradient + weights,
          strideC: update.row_stride)
        if let bias = update.bias_gradient {
          for column in 0..<columns {
            var sum = fresh ? 0 : bias[panel * lanes + column]
            for lane in 0..<lanes { sum += outputGradient[column * lanes + lane] }
            bias[panel * lanes + column] = sum
          }
        }
      }
      guard let adam = update.adam else { continue }
      let kernels = svae_kernels().pointee.dense
      for row in 0..<layer.inputs {
        let at = weights + row * update.row_stride
        kernels.adam(
          columns, adam, update.gradient + at, update.weights + at, update.first_moment + at,
          update.second_moment + at)
      }
      if update.bias_gradient != nil {
        let at = panel * lanes
        kernels.adam(
          columns, adam, update.bias_gradient + at, update.bias + at,
          update.bias_first_moment + at, update.bias_second_moment + at)
      }
    }
  }
}
