import CKernels
import Compute

/// A loop over arrays.
struct ElementwiseKernel {
  let name: String
  /// Elements in a call.
  let count: Int
  /// Bytes that a call reads and writes.
  let bytes: Int
  let run: () -> Void

  /// - Parameter arrays: read and written, each of `count` floats.
  private init(_ name: String, count: Int, arrays: Int, _ run: @escaping () -> Void) {
    self.name = name
    self.count = count
    bytes = 4 * arrays * count
    self.run = run
  }

  /// Every loop of a training step, at the size that a batch of 128 gives it.
  static var all: [ElementwiseKernel] {
    adam + noise + latents + blocks
  }

  /// On the parameters of a small layer, and on those of the whole natural network.
  private static var adam: [ElementwiseKernel] {
    [16_384, 600_000].map { count in
      let memory = Memory()
      let (gradient, weights) = (memory.normals(count), memory.normals(count))
      let (first, second) = (memory.zeros(count), memory.zeros(count))
      let adam = svae_adam(
        step_size: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, root_correction: 1)
      return ElementwiseKernel("adam of \(count)", count: count, arrays: 7) {
        withExtendedLifetime(memory) {
          withUnsafePointer(to: adam) {
            svae_kernels().pointee.dense.adam(count, $0, gradient, weights, first, second)
          }
        }
      }
    }
  }

  private static let codes = 128 * 169

  private static var noise: [ElementwiseKernel] {
    let kernels = svae_kernels().pointee.elementwise
    return [("normals", kernels.normals), ("laplaces", kernels.laplaces)].map { name, fill in
      let memory = Memory()
      let out = memory.zeros(codes)
      return ElementwiseKernel(name, count: codes, arrays: 1) {
        withExtendedLifetime(memory) { fill?(codes / 32, 0, 1, 1, 2, out) }
      }
    }
  }

  private static var latents: [ElementwiseKernel] {
    let memory = Memory()
    let (mean, logScale, noise) = (
      memory.normals(codes), memory.normals(codes), memory.normals(codes)
    )
    let (z, tauNoise, divergence, dMean, dLogScale) = (
      memory.zeros(codes), memory.zeros(codes), memory.zeros(codes), memory.zeros(codes),
      memory.zeros(codes)
    )
    var kernels = [("Laplace", SVAE_PRIOR_LAPLACE), ("Cauchy", SVAE_PRIOR_CAUCHY)].map {
      name, prior in
      let prior = svae_prior(kind: Int32(prior.rawValue), scale: 0.2, shape: (0, 0, 0))
      return ElementwiseKernel(
        "sample and divergence, \(name) prior", count: codes, arrays: 8
      ) {
        var planes = svae_latent_planes(
          latents: codes / 32, lanes: 32, posterior: Int32(SVAE_POSTERIOR_GAUSSIAN.rawValue),
          prior: prior, low: -7, high: 4, weight: 0.01, mean: mean, log_scale: logScale,
          noise: noise, z: z, tau_noise: tauNoise, kl: divergence, d_mean: dMean,
          d_log_scale: dLogScale, variance: nil)
        _ = svae_kernels().pointee.latent.draw(&planes)
      }
    }
    kernels.append(
      ElementwiseKernel("gradient of the sample", count: codes, arrays: 6) {
        withExtendedLifetime(memory) {
          svae_kernels().pointee.latent.backward(codes, noise, tauNoise, dMean, dLogScale)
        }
      })
    return kernels
  }

  private static var blocks: [ElementwiseKernel] {
    let pixels = 144
    let count = 32 * pixels
    let memory = Memory()
    let (rows, x, out, gradient) = (
      memory.normals(count), memory.normals(count), memory.normals(count), memory.zeros(count)
    )
    let kernels = svae_kernels().pointee.elementwise
    let dense = svae_kernels().pointee.dense
    return [
      ElementwiseKernel("residual", count: count, arrays: 3) {
        withExtendedLifetime(memory) {
          for pixel in 0..<pixels {
            _ = kernels.residual(32, x + 32 * pixel, out + 32 * pixel, 1, gradient + 32 * pixel)
          }
        }
      },
      ElementwiseKernel("patches to blocks", count: count, arrays: 2) {
        for first in stride(from: 0, to: pixels, by: 32) {
          dense.load_block(
            32, min(32, pixels - first), rows + first, pixels, nil, out + 32 * first)
        }
      },
      ElementwiseKernel("blocks to patches", count: count, arrays: 2) {
        for first in stride(from: 0, to: pixels, by: 32) {
          dense.store_block(32, min(32, pixels - first), x + 32 * first, rows + first, pixels)
        }
      },
    ]
  }
}
