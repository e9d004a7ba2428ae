import CKernels
import Compute
import Distributions
import Foundation
import TestSupport
import Testing

@testable import LatentVariableModels

/// The kernels against the mathematics in double precision.
@Suite struct LatentKernelTests {
  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `divergences and gradients equal the mathematics`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    for s in [0.05, 0.2, 1, 4] as [Float] {
      let p = prior.prior(scale: Double(s))
      let latents = Latents.grid(priorScale: s)
      for level in LatentRun.levels {
        let run = try LatentRun(latents, posterior: posterior, prior: p, level: level)
        for i in 0..<latents.count {
          let d = expectedDivergence(
            posterior: posterior, prior: p, mean: latents.mean[i], logScale: latents.logScale[i],
            noise: latents.noise[i], z: run.z[i])
          let point: Comment =
            "level \(level), s \(s), μ \(latents.mean[i]), ℓ \(latents.logScale[i]), z \(run.z[i])"
          let tolerance = 2e-6
          #expect(isClose(Double(run.divergence[i]), d.value, tolerance), point)
          #expect(
            abs(Double(run.meanGradient[i]) - d.meanGradient)
              <= tolerance * (1 / p.scale + abs(d.meanGradient)), point)
          #expect(isClose(Double(run.logScaleGradient[i]), d.logScaleGradient, tolerance), point)
        }
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent)
  func `samples and their slopes equal the mathematics`(
    family: PosteriorFamily
  ) throws {
    let latents = Latents.grid(priorScale: 1)
    let prior = LaplacePrior(scale: 1)
    for level in LatentRun.levels {
      let run = try LatentRun(latents, posterior: family, prior: prior, level: level)
      for i in 0..<latents.count {
        let q = family.type.init(
          mean: Double(latents.mean[i]), scale: exp(Double(latents.logScale[i])))
        let z = q.sample(noise: Double(latents.noise[i]))
        #expect(isClose(Double(run.z[i]), z, 5e-7))
        #expect(isClose(Double(run.tauNoise[i]), z - q.mean, 5e-7))
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `moments equal the mathematics, and change no divergence`(
    family: PosteriorFamily, priorFamily: PriorFamily
  ) throws {
    var latents = Latents.grid(priorScale: 1)
    latents.append(mean: 0.5, logScale: -9, noise: 0.3)
    latents.append(mean: -0.5, logScale: 6, noise: 0.3)
    let prior = priorFamily.prior(scale: 1)
    let layer = LocationScale(
      prior: prior, posterior: family, logScaleRange: LatentRun.low...LatentRun.high)
    for level in LatentRun.levels {
      let run = try LatentRun(
        latents, posterior: family, prior: prior, level: level, isExpected: true)
      let sampled = try LatentRun(latents, posterior: family, prior: prior, level: level)
      #expect(run.z == latents.mean)
      #expect(run.divergence == sampled.divergence)
      #expect(run.meanGradient == sampled.meanGradient)
      #expect(run.logScaleGradient == sampled.logScaleGradient)
      for i in 0..<latents.count {
        let heads = SIMD4(Double(latents.mean[i]), Double(latents.logScale[i]), 0, 0)
        let moments = layer.expect(heads, noise: Double(latents.noise[i]), priorScale: 1)
        #expect(isClose(Double(run.variance[i]), moments?.variance ?? .nan, 2e-6))
        #expect(isClose(Double(run.tauNoise[i]), moments?.varianceSlopes[1] ?? .nan, 2e-6))
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `gradients are the derivatives of the divergence`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    // The estimate is differentiated along z(μ, ℓ) at fixed noise.
    let p = prior.prior(scale: 0.3)
    func divergence(_ mean: Double, _ logScale: Double, _ noise: Double) -> Double {
      let q = posterior.type.init(mean: mean, scale: exp(logScale))
      return q.divergence(from: p)?.value
        ?? -q.entropy - p.logDensity(q.sample(noise: noise))
    }
    var latents = Latents()
    for mean in [-1.1, -0.2, 0.06, 0.9] as [Float] {
      for logScale in [-4, -1.5, 0.5] as [Float] {
        latents.append(mean: mean, logScale: logScale, noise: 0.7)
        latents.append(mean: mean, logScale: logScale, noise: -1.3)
      }
    }
    let run = try LatentRun(latents, posterior: posterior, prior: p)
    for i in 0..<latents.count {
      let (mean, logScale, noise) = (
        Double(latents.mean[i]), Double(latents.logScale[i]), Double(latents.noise[i])
      )
      let byMean = derivative(at: mean) { divergence($0, logScale, noise) }
      let byLogScale = derivative(at: logScale) { divergence(mean, $0, noise) }
      let point: Comment = "μ \(mean), ℓ \(logScale), ε \(noise)"
      #expect(isClose(Double(run.meanGradient[i]), byMean, 2e-4), point)
      #expect(isClose(Double(run.logScaleGradient[i]), byLogScale, 2e-4), point)
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `the divergence follows the prior's scale as scale invariance demands`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    let mean: [Float] = [-0.7, 0.1, 1.9]
    let latents = Latents(mean: mean, logScale: [-2.5, 0.1, 6], noise: [0.4, -0.8, 1.2])
    func total(_ logScale: Double) throws -> Double {
      // In double precision, with ℓ clamped.
      var sum = 0.0
      for i in 0..<latents.count {
        let p = prior.prior(scale: exp(logScale))
        let l = min(latents.logScale[i], LatentRun.high)
        let z = Float(Double(mean[i]) + exp(Double(l)) * Double(latents.noise[i]))
        sum +=
          expectedDivergence(
            posterior: posterior, prior: p, mean: mean[i], logScale: l, noise: latents.noise[i],
            z: z
          ).value
      }
      return sum
    }
    let p = prior.prior(scale: 0.4)
    let step = 1e-4
    let slope = try (total(log(0.4) + step) - total(log(0.4) - step)) / (2 * step)
    let run = try LatentRun(latents, posterior: posterior, prior: p, weight: 3)
    #expect(isClose(Double(run.logPriorScaleGradient), 3 * slope, 1e-5))
    // Where ℓ is not clamped, the gradients by μ and ℓ say it too.
    let inside = try LatentRun(latents[0..<2], posterior: posterior, prior: p)
    let identity = -(0..<2).map { index -> Float in
      mean[index] * inside.meanGradient[index] + inside.logScaleGradient[index]
    }.reduce(0, +)
    #expect(isClose(Double(inside.logPriorScaleGradient), Double(identity), 1e-5))
  }

  @Test func `a gradient by z is carried back to mean and log scale`() {
    let count = 100
    let gradient = (0..<count).map { Float($0) - 40 }
    let tauNoise = (0..<count).map { 0.5 - Float($0) / 64 }
    var mean = [Float](repeating: 2, count: count)
    var logScale = [Float](repeating: -1, count: count)
    svae_kernels().pointee.latent.backward(count, gradient, tauNoise, &mean, &logScale)
    for i in 0..<count {
      #expect(mean[i] == 2 + gradient[i])
      #expect(abs(logScale[i] - (-1 + gradient[i] * tauNoise[i])) < 1e-5)
    }
  }
}
