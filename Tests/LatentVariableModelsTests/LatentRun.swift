import CKernels
import Compute
import Distributions
import Foundation
import Testing

@testable import LatentVariableModels

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

extension PriorFamily {
  /// The prior of scale s and standard shape.
  func prior(scale: Double) -> any Prior {
    guard let prior = try? prior(scale: scale, shape: [:]) else {
      preconditionFailure("no prior is registered by the name \(rawValue)")
    }
    return prior
  }
}

extension NoiseLaw {
  /// One ε.
  func sample(using stream: inout RandomStream) -> Double {
    self == .normal ? stream.normal() : stream.laplace()
  }
}

extension PosteriorFamily {
  /// The family's number in the kernels' tables.
  var kernel: Int32 { type.noise.kernel }
}

/// What one implementation makes of latents.
struct LatentRun: Equatable {
  static let low: Float = -7
  static let high: Float = 4
  /// Patches of a block.
  private static let lanes = 32

  /// The tables that this processor can run, the portable one first.
  static let levels = Array(0...svae_cpu_level())

  var z: [Float]
  var tauNoise: [Float]
  var divergence: [Float]
  var meanGradient: [Float]
  var logScaleGradient: [Float]
  /// Empty for samples.
  var variance: [Float] = []
  var logPriorScaleGradient: Float = 0

  /// - Parameters:
  ///   - weight: of the gradients.
  ///   - isExpected: whether moments take the place of samples.
  init(
    _ latents: Latents, posterior: PosteriorFamily, prior: any Prior,
    level: Int32 = svae_cpu_level(), weight: Float = 1, isExpected: Bool = false
  ) throws {
    guard let kernels = svae_kernels_at(level)?.pointee.latent,
      let numbers = prior.kernel?.parameters(scale: prior.scale)
    else {
      throw MissingLevel(level: level)
    }
    let zeros = [Float](repeating: 0, count: latents.count)
    (z, tauNoise, divergence, meanGradient, logScaleGradient) = (zeros, zeros, zeros, zeros, zeros)
    if isExpected { variance = zeros }
    // Whole rows of lanes, and one with the rest.
    let whole = latents.count / Self.lanes
    for (first, rows, lanes) in [
      (0, whole, Self.lanes), (whole * Self.lanes, 1, latents.count % Self.lanes),
    ] where rows * lanes > 0 {
      draw(
        latents, from: first, rows: rows, lanes: lanes, posterior: posterior,
        prior: numbers, kernels: kernels, weight: weight)
    }
  }

  private mutating func draw(
    _ latents: Latents, from first: Int, rows: Int, lanes: Int, posterior: PosteriorFamily,
    prior: svae_prior, kernels: svae_latent_kernels, weight: Float
  ) {
    let range = first..<first + (rows - 1) * Self.lanes + lanes
    let padding = [Float](repeating: 0.5, count: Self.lanes - lanes)
    var read = [latents.mean, latents.logScale, latents.noise].map {
      AlignedArray($0[range] + padding)
    }
    // Not numbers at first: what is written for the lanes beyond has to be zero.
    var written = [AlignedArray](
      repeating: AlignedArray([Float](repeating: .nan, count: rows * Self.lanes)),
      count: variance.isEmpty ? 5 : 6)
    let sources = read.indices.map { UnsafePointer(read[$0].mutablePointer()) }
    let targets = written.indices.map { written[$0].mutablePointer() }
    var planes = svae_latent_planes(
      latents: rows, lanes: lanes, posterior: posterior.kernel, prior: prior, low: Self.low,
      high: Self.high, weight: weight, mean: sources[0], log_scale: sources[1], noise: sources[2],
      z: targets[0], tau_noise: targets[1], kl: targets[2], d_mean: targets[3],
      d_log_scale: targets[4], variance: variance.isEmpty ? nil : targets[5])
    logPriorScaleGradient += withExtendedLifetime((read, written)) { kernels.draw(&planes) }
    for array in written { #expect(array.array[range.count...].allSatisfy { $0 == 0 }) }
    z.replaceSubrange(range, with: written[0].array[..<range.count])
    tauNoise.replaceSubrange(range, with: written[1].array[..<range.count])
    divergence.replaceSubrange(range, with: written[2].array[..<range.count])
    meanGradient.replaceSubrange(range, with: written[3].array[..<range.count])
    logScaleGradient.replaceSubrange(range, with: written[4].array[..<range.count])
    if !variance.isEmpty { variance.replaceSubrange(range, with: written[5].array[..<range.count]) }
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
