import CKernels

/// This package's own kernels: AVX-512, AVX2 or portable vectors, chosen once.
package struct PanelProducts: DenseProducts {
  private let kernels: svae_dense_kernels

  /// - Parameter level: the instruction set, as `svae_cpu_level` counts them; the one in use
  ///   by default.
  package init(level: Int32 = svae_level()) {
    kernels = svae_kernels_at(level).pointee.dense
  }

  package func forward(_ layer: svae_dense, rectify: Bool, as member: ThreadTeam.Member) {
    withUnsafePointer(to: layer) { layer in
      let share = member.share(of: kernels.forward_units(layer))
      kernels.forward(layer, rectify ? 1 : 0, share.lowerBound, share.upperBound)
    }
  }

  package func inputGradient(
    _ layer: svae_dense, outputGradient: UnsafePointer<Float>, stride: Int,
    into gradient: UnsafeMutablePointer<Float>, gradientStride: Int, rectified: Bool,
    as member: ThreadTeam.Member
  ) {
    withUnsafePointer(to: layer) { layer in
      let share = member.share(of: kernels.input_gradient_units(layer))
      kernels.input_gradient(
        layer, outputGradient, stride, gradient, gradientStride, rectified ? 1 : 0,
        share.lowerBound, share.upperBound)
    }
  }

  package func weightGradient(
    _ layer: svae_dense, _ update: svae_weight_update, as member: ThreadTeam.Member
  ) {
    withUnsafePointer(to: layer) { layer in
      withUnsafePointer(to: update) { update in
        let share = member.share(of: kernels.weight_gradient_units(layer))
        kernels.weight_gradient(layer, update, share.lowerBound, share.upperBound)
      }
    }
  }
}
