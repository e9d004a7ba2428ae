import CKernels
import Foundation
import SparseCodingVAE

/// Latents to run kernels on: μ, ℓ and ε of each.
struct Latents {
  var mean: [Float] = []
  var logScale: [Float] = []
  var noise: [Float] = []

  var count: Int { mean.count }

  mutating func append(mean: Float, logScale: Float, noise: Float) {
    self.mean.append(mean)
    self.logScale.append(logScale)
    self.noise.append(noise)
  }

  subscript(range: Range<Int>) -> Latents {
    Latents(
      mean: Array(mean[range]), logScale: Array(logScale[range]), noise: Array(noise[range]))
  }

  /// Every combination of locations, scales and noises from the middle to the extremes.
  static func grid(priorScale s: Float) -> Latents {
    var latents = Latents()
    for mean in [-300, -8, -1.3, -0.2, -0.004, 0, 0.0007, 0.03, 0.5, 2, 40] as [Float] {
      for logScale in [-7, -5.3, -3, -1, -0.2, 0, 0.6, 2, 3.9] as [Float] {
        for noise in [-4.5, -1.1, -0.3, 0.02, 0.6, 1.7, 3.8] as [Float] {
          latents.append(mean: mean * s, logScale: logScale, noise: noise)
        }
      }
    }
    return latents
  }
}

/// What one implementation makes of latents.
struct LatentRun: Equatable {
  static let low: Float = -7
  static let high: Float = 4

  /// The tables that this processor can run, the portable one first.
  static let levels = Array(0...svae_cpu_level())

  var z: [Float]
  var tauNoise: [Float]
  var divergence: [Float]
  var meanGradient: [Float]
  var logScaleGradient: [Float]
  var logPriorScaleGradient: Float = 0

  /// - Parameters:
  ///   - fused: whether the kernel that does both at once is run.
  ///   - weight: of the gradients.
  init(
    _ latents: Latents, posterior: PosteriorFamily, prior: any Prior,
    level: Int32 = svae_cpu_level(), fused: Bool = true, weight: Float = 1
  ) throws {
    let zeros = [Float](repeating: 0, count: latents.count)
    (z, tauNoise, divergence, meanGradient, logScaleGradient) = (zeros, zeros, zeros, zeros, zeros)
    var parameters = prior.kernelParameters
    guard let kernels = svae_latent_kernels_at(level)?.pointee else {
      throw MissingLevel(level: level)
    }
    if fused {
      logPriorScaleGradient = kernels.sample_divergence(
        latents.count, posterior.kernel, &parameters, latents.mean, latents.logScale,
        latents.noise, Self.low, Self.high, weight, &z, &tauNoise, &divergence, &meanGradient,
        &logScaleGradient)
    } else {
      kernels.sample(
        latents.count, latents.mean, latents.logScale, latents.noise, Self.low, Self.high, &z,
        &tauNoise)
      logPriorScaleGradient = kernels.divergence(
        latents.count, posterior.kernel, &parameters, latents.mean, latents.logScale, z, tauNoise,
        Self.low, Self.high, weight, &divergence, &meanGradient, &logScaleGradient)
    }
  }

  struct MissingLevel: Error { let level: Int32 }
}

/// The same mathematics in double precision, of one latent whose ℓ lies inside the range.
func expectedDivergence(
  posterior: PosteriorFamily, prior: any Prior, mean: Float, logScale: Float, noise: Float,
  z: Float
) -> Divergence {
  let q = posterior.type.init(mean: Double(mean), scale: exp(Double(logScale)))
  if let closed = q.divergence(from: prior) { return closed }
  let score = prior.score(Double(z))
  return Divergence(
    value: -q.entropy - prior.logDensity(Double(z)),
    meanGradient: -score,
    logScaleGradient: -1 - score * q.scale * Double(noise))
}
