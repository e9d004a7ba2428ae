import CKernels
import Distributions
import Foundation
import Testing

@testable import LatentVariableModels

/// What the kernels' results may not depend on.
@Suite struct LatentInvarianceTests {
  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `an element's bits do not depend on its place`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    let p = prior.prior(scale: 0.2)
    let latents = Latents.grid(priorScale: 0.2)
    for level in LatentRun.levels {
      let whole = try LatentRun(latents, posterior: posterior, prior: p, level: level)
      for count in Array(1...40) + [63, 64, 65, 127, 130] {
        let start = count * 3
        let range = start..<start + count
        let part = try LatentRun(latents[range], posterior: posterior, prior: p, level: level)
        #expect(part.z == Array(whole.z[range]))
        #expect(part.tauNoise == Array(whole.tauNoise[range]))
        #expect(part.divergence == Array(whole.divergence[range]), "\(count) at level \(level)")
        #expect(part.meanGradient == Array(whole.meanGradient[range]))
        #expect(part.logScaleGradient == Array(whole.logScaleGradient[range]))
      }
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `every instruction set gives the same numbers`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    func agree(_ a: [Float], _ b: [Float]) -> Bool {
      zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * (1 + max(abs($0), abs($1))) }
    }
    let p = prior.prior(scale: 0.5)
    let latents = Latents.grid(priorScale: 0.5)
    let portable = try LatentRun(latents, posterior: posterior, prior: p, level: 0)
    for level in LatentRun.levels {
      let run = try LatentRun(latents, posterior: posterior, prior: p, level: level)
      #expect(agree(run.z, portable.z))
      #expect(agree(run.tauNoise, portable.tauNoise))
      #expect(agree(run.divergence, portable.divergence))
      #expect(agree(run.meanGradient, portable.meanGradient))
      #expect(agree(run.logScaleGradient, portable.logScaleGradient))
    }
  }

  @Test func `a level beyond the processor has no kernels`() {
    #expect(svae_kernels_at(svae_cpu_level() + 1) == nil)
    #expect(svae_kernels_at(-1) == nil)
    #expect(svae_kernels_at(0) != nil)
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `a clamped log scale counts as the bound, and has no gradient`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    let p = prior.prior(scale: 0.3)
    let outside = Latents(mean: [0.2, -0.7], logScale: [-9, 5.5], noise: [0.6, -1.4])
    let bounds = Latents(mean: [0.2, -0.7], logScale: [-7, 4], noise: [0.6, -1.4])
    for level in LatentRun.levels {
      let a = try LatentRun(outside, posterior: posterior, prior: p, level: level)
      let b = try LatentRun(bounds, posterior: posterior, prior: p, level: level)
      #expect(a.z == b.z)
      #expect(a.divergence == b.divergence)
      #expect(a.meanGradient == b.meanGradient)
      #expect(a.tauNoise == [0, 0])
      #expect(a.logScaleGradient == [0, 0])
      #expect(b.tauNoise.allSatisfy { $0 != 0 })
      #expect(b.logScaleGradient.allSatisfy { $0 != 0 })
      #expect(a.logPriorScaleGradient == b.logPriorScaleGradient)
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `not a number stays visible, and extremes stay finite`(
    posterior: PosteriorFamily, prior: PriorFamily
  ) throws {
    let p = prior.prior(scale: 0.3)
    for level in LatentRun.levels {
      for latents in [
        Latents(mean: [.nan], logScale: [0], noise: [1]),
        Latents(mean: [1], logScale: [.nan], noise: [1]),
      ] {
        let run = try LatentRun(latents, posterior: posterior, prior: p, level: level)
        #expect(run.z[0].isNaN && run.divergence[0].isNaN, "level \(level)")
      }
      let extremes = Latents(
        mean: [1e6, -1e6, 0, 0], logScale: [-80, 80, -7, 4], noise: [6, -6, 0, 0])
      let run = try LatentRun(extremes, posterior: posterior, prior: p, level: level)
      for values in [run.z, run.divergence, run.meanGradient, run.logScaleGradient] {
        #expect(values.allSatisfy { $0.isFinite }, "level \(level): \(values)")
      }
    }
  }

  @Test func `weights scale the gradients only`() throws {
    let prior = LaplacePrior(scale: 0.2)
    let latents = Latents.grid(priorScale: 0.2)
    let one = try LatentRun(latents, posterior: .gaussian, prior: prior)
    let quarter = try LatentRun(latents, posterior: .gaussian, prior: prior, weight: 0.25)
    #expect(one.divergence == quarter.divergence)
    #expect(one.meanGradient.map { $0 / 4 } == quarter.meanGradient)
    #expect(one.logScaleGradient.map { $0 / 4 } == quarter.logScaleGradient)
  }
}
