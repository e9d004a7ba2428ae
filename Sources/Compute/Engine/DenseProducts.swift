import CKernels

/// The three products of a dense layer over a batch, divided among a team of threads.
///
/// The memory layout, stated in `dense.h`, is the same for every engine: patches in blocks of 32
/// lanes, weights in panels of 32 outputs. Each call computes the share of one member of the team;
/// what it writes does not depend on how many members there are.
package protocol DenseProducts: Sendable {
  /// out = inᵀ·W + b, through max(0, ·) where `rectify` is set.
  func forward(_ layer: svae_dense, rectify: Bool, as member: ThreadTeam.Member)

  /// ∂L/∂in = (∂L/∂out)·Wᵀ, set to 0 where `rectified` is set and the input is 0.
  func inputGradient(
    _ layer: svae_dense, outputGradient: UnsafePointer<Float>, stride: Int,
    into gradient: UnsafeMutablePointer<Float>, gradientStride: Int, rectified: Bool,
    as member: ThreadTeam.Member)

  /// ∂L/∂W and ∂L/∂b, or Adam's step along them.
  func weightGradient(
    _ layer: svae_dense, _ update: svae_weight_update, as member: ThreadTeam.Member)
}

/// Sizes of the layout that all engines share.
package enum DenseLayout {
  /// Patches in a block, and outputs in a panel.
  package static let lanes = 32

  /// Blocks that hold `patches` patches.
  package static func blocks(for patches: Int) -> Int { (patches + lanes - 1) / lanes }

  /// `count` rounded up to whole panels.
  package static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

  /// The place of weight (input, output) in a layer's panels.
  package static func weightIndex(input: Int, output: Int, inputs: Int) -> Int {
    (output / lanes * inputs + input) * lanes + output % lanes
  }

  /// Packs rows [rows, columns] of the given stride into panels [columns / 32][rows][32].
  ///
  /// - Parameter range: the rows to be packed.
  package static func pack(
    rows range: Range<Int>, of rows: Int, columns: Int, from source: UnsafePointer<Float>,
    stride: Int, into panels: UnsafeMutablePointer<Float>
  ) {
    for panel in 0..<padded(columns) / lanes {
      let width = min(lanes, columns - panel * lanes)
      for row in range {
        (panels + (panel * rows + row) * lanes).update(
          from: source + row * stride + panel * lanes, count: width)
      }
    }
  }
}
