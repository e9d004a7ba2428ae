import Compute
import Distributions
import Foundation
import Testing

@testable import LatentVariableModels

/// Priors without a compiled kernel: p(z; s) from logDensity and score alone.
@Suite struct LatentMathematicsTests {
  /// What a prior's kernel, or its mathematics alone, makes of latents.
  struct Run {
    var planes: [[Float]]
    var logPriorScaleGradient: Float = 0

    static let names = ["z", "τε", "KL", "∂KL/∂μ", "∂KL/∂ℓ"]

    init(
      _ latents: Latents, _ posterior: PosteriorFamily, _ prior: any Prior, compiled: Bool,
      weight: Float = 1
    ) throws {
      if compiled {
        let run = try LatentRun(latents, posterior: posterior, prior: prior, weight: weight)
        planes = [run.z, run.tauNoise, run.divergence, run.meanGradient, run.logScaleGradient]
        logPriorScaleGradient = run.logPriorScaleGradient
        return
      }
      let rule = LocationScale(
        prior: prior, posterior: posterior, logScaleRange: LatentRun.low...LatentRun.high)
      let draws = (0..<latents.count).map { i in
        rule.draw(
          SIMD4(Double(latents.mean[i]), Double(latents.logScale[i]), 0, 0),
          noise: Double(latents.noise[i]), priorScale: prior.scale)
      }
      planes = [
        draws.map { Float($0.z) }, draws.map { Float($0.slopes[1]) },
        draws.map { Float($0.divergence) },
        draws.map { weight * Float($0.divergenceSlopes[0]) },
        draws.map { weight * Float($0.divergenceSlopes[1]) },
      ]
      logPriorScaleGradient = weight * Float(draws.reduce(0) { $0 + $1.scaleSlope })
    }
  }

  @Test(arguments: PosteriorFamily.independent, PriorFamily.withDensity)
  func `mathematics and kernels give the same`(
    posterior: PosteriorFamily, family: PriorFamily
  ) throws {
    for s in [0.05, 0.2, 1, 4] as [Float] {
      let prior = family.prior(scale: Double(s))
      var latents = Latents.grid(priorScale: s)
      // ℓ outside its range, and what is not finite.
      latents.append(mean: 0.1, logScale: -9, noise: 0.4)
      latents.append(mean: 0.1, logScale: 6, noise: 0.4)
      let kernel = try Run(latents, posterior, prior, compiled: true, weight: 3)
      let mathematics = try Run(latents, posterior, prior, compiled: false, weight: 3)
      // The kernel's z is of single precision: what that leaves open where μ and τε nearly cancel.
      var moved = latents
      moved.mean = moved.mean.map { $0 * (1 + 2 * Float.ulpOfOne) }
      let shifted = try Run(moved, posterior, prior, compiled: false, weight: 3)
      for (plane, name) in Run.names.enumerated() {
        for (i, pair) in zip(kernel.planes[plane], mathematics.planes[plane]).enumerated() {
          let scale = plane == 3 ? 1 / s : 1
          let rounding = abs(shifted.planes[plane][i] - pair.1)
          #expect(
            abs(pair.0 - pair.1) <= 1e-5 * (scale + abs(pair.0)) + rounding,
            "\(name), s \(s), μ \(latents.mean[i]), ℓ \(latents.logScale[i]): \(pair)")
        }
      }
      let gradients = (kernel.logPriorScaleGradient, mathematics.logPriorScaleGradient)
      #expect(abs(gradients.0 - gradients.1) <= 1e-4 * abs(gradients.0), "s \(s): \(gradients)")
    }
  }

  @Test(arguments: PosteriorFamily.independent)
  func `what is not a number comes through`(posterior: PosteriorFamily) throws {
    let latents = Latents(mean: [.nan, 0.1], logScale: [0, .nan], noise: [0.5, 0.5])
    for family in PriorFamily.withDensity {
      let run = try Run(latents, posterior, family.prior(scale: 1), compiled: false)
      #expect(run.planes[2].allSatisfy { $0.isNaN }, "\(family)")
    }
  }

  /// p(z; s) = sech²(z/2s)/4s, which has no kernel.
  struct Logistic: Prior {
    static let name = "logistic"
    var scale: Double
    init(scale: Double, shape: [String: Double] = [:]) { self.scale = scale }
    func logDensity(_ z: Double) -> Double {
      let u = abs(z) / scale
      return -u - 2 * log1p(exp(-u)) - log(scale)
    }
    func score(_ z: Double) -> Double { -tanh(z / (2 * scale)) / scale }
    func sample(using stream: inout RandomStream) -> Double {
      let u = stream.uniform()
      return scale * log(u / (1 - u))
    }
    var variance: Double? { .pi * .pi * scale * scale / 3 }
  }

  @Test(arguments: PosteriorFamily.independent)
  func `without a kernel the estimate's mean is the divergence by quadrature`(
    posterior: PosteriorFamily
  ) throws {
    let prior = Logistic(scale: 0.3)
    var stream = RandomStream(seed: 17, purpose: .posteriorNoise)
    let count = 100_000
    for (mean, logScale) in [(0.0, -1.0), (0.5, -2.0), (-1.2, 0.3)] as [(Float, Float)] {
      let latents = Latents(
        mean: [Float](repeating: mean, count: count),
        logScale: [Float](repeating: logScale, count: count),
        noise: (0..<count).map { _ in Float(posterior.type.noise.sample(using: &stream)) })
      let run = try Run(latents, posterior, prior, compiled: false)
      let q = posterior.type.init(mean: Double(mean), scale: exp(Double(logScale)))
      let expected = numericalDivergence(q, from: prior)
      let (average, error) = meanAndStandardError(run.planes[2].map(Double.init))
      #expect(abs(average - expected) < 4 * error + 1e-5, "μ \(mean), ℓ \(logScale)")
      // And so do its gradients: of the mean, and by scale invariance of log s.
      let step = 1e-3
      func divergence(_ shift: Double, _ s: Double) -> Double {
        numericalDivergence(
          posterior.type.init(mean: Double(mean) + shift, scale: q.scale),
          from: Logistic(scale: 0.3 * exp(s)))
      }
      let byMean = (divergence(step, 0) - divergence(-step, 0)) / (2 * step)
      let (slope, slopeError) = meanAndStandardError(run.planes[3].map(Double.init))
      #expect(abs(slope - byMean) < 4 * slopeError + 1e-4, "μ \(mean), ℓ \(logScale)")
      let byLogScale = (divergence(0, step) - divergence(0, -step)) / (2 * step)
      let shares = run.planes[0].map { 1 + Double($0) * prior.score(Double($0)) }
      let (scaleSlope, scaleError) = meanAndStandardError(shares)
      #expect(abs(scaleSlope - byLogScale) < 4 * scaleError, "μ \(mean), ℓ \(logScale)")
      #expect(abs(Double(run.logPriorScaleGradient) / shares.reduce(0, +) - 1) < 1e-4)
    }
  }

  @Test func `a prior without a kernel trains as one with it`() throws {
    // Cauchy's distribution under another name.
    struct Plain: Prior {
      static let name = "plain"
      var scale: Double
      init(scale: Double, shape: [String: Double] = [:]) { self.scale = scale }
      private var cauchy: CauchyPrior { CauchyPrior(scale: scale) }
      func logDensity(_ z: Double) -> Double { cauchy.logDensity(z) }
      func score(_ z: Double) -> Double { cauchy.score(z) }
      func sample(using stream: inout RandomStream) -> Double { cauchy.sample(using: &stream) }
      var variance: Double? { nil }
    }
    var training = TrainingCase()
    training.settings.learnsPriorScale = true
    let losses = try [CauchyPrior(scale: 0.3) as any Prior, Plain(scale: 0.3)].map { prior in
      var configuration = training.configuration
      configuration.prior = prior
      return try [1, 2].map { threads in
        try Trainer(
          configuration, training.settings, constraint: training.constraint, data: training.data,
          team: ThreadTeam(count: threads)
        ).finish().map(\.negativeELBO)
      }
    }
    #expect(losses[1][0] == losses[1][1])
    for (kernel, mathematics) in zip(losses[0][0], losses[1][0]) {
      #expect(abs(kernel / mathematics - 1) < 1e-3, "\(losses)")
    }
  }
}
