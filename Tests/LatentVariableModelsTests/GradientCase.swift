import CKernels
import Compute
import Distributions
import Filters
import RealModule
import TestSupport
import Testing

@testable import LatentVariableModels

/// A small model and batch, and the reference step on the same noise.
struct GradientCase: CustomTestStringConvertible {
  static let pixels = 10
  static let latents = 13
  /// Not a multiple of 32: the last block is partly padding.
  static let patches = 45

  var prior = PriorFamily.laplace
  var posterior = PosteriorFamily.gaussian
  var network = RecognitionNetwork.trunk([40])
  /// Parts in place of the sparse coding VAE's own, and what they are.
  var parts: (name: String, parts: ModelParts)?
  var constraint: any FilterConstraint = Unconstrained()
  var likelihood = ExpectedLikelihood.sampled
  var contrast: Double?
  var refinements = 0
  var noiseShape = NoiseShape.isotropic
  var scalePerLatent = false
  var settings: TrainingSettings

  init(
    prior: PriorFamily = .laplace, posterior: PosteriorFamily = .gaussian,
    network: RecognitionNetwork = .trunk([40]), parts: (String, ModelParts)? = nil,
    likelihood: ExpectedLikelihood = .sampled, samples: Int = 1
  ) {
    (self.prior, self.posterior, self.network) = (prior, posterior, network)
    self.parts = parts.map { (name: $0.0, parts: $0.1) }
    settings = TrainingSettings(batch: Self.patches, seed: 3)
    self.likelihood = likelihood
    settings.samples = samples
    settings.learnsNoise = true
    settings.learnsPriorScale = true
  }

  static let all: [GradientCase] = independent + atoms + structured + directional + scaled

  /// A scale of the prior for each latent.
  static let scaled: [GradientCase] = [
    GradientCase(likelihood: .exact), GradientCase(prior: .horseshoe, samples: 2),
    GradientCase(prior: .gaussian, posterior: .laplace, likelihood: .exact),
    GradientCase(parts: ("one head", .exponential)),
    GradientCase(prior: .cauchy, posterior: .structured, likelihood: .exact),
    GradientCase(posterior: .structured, likelihood: .exact),
  ].map {
    var test = $0
    test.scalePerLatent = true
    if test.posterior == .structured, test.prior == .laplace {
      (test.contrast, test.refinements) = (0.4, 2)
    }
    return test
  }

  /// Noise of a variance for each direction, of which one is left out.
  static let directional: [GradientCase] = [
    GradientCase(likelihood: .exact), GradientCase(samples: 2),
    GradientCase(parts: ("tied weights", .tied), likelihood: .exact),
    GradientCase(prior: .studentT, posterior: .structured, likelihood: .exact),
    GradientCase(posterior: .structured, likelihood: .exact),
  ].map {
    var test = $0
    test.noiseShape = .perDirection
    if test.posterior == .structured, test.prior == .laplace { test.contrast = 0.4 }
    return test
  }

  /// Every posterior with atoms with each of its priors.
  static let atoms: [GradientCase] = PosteriorFamily.allCases.flatMap { posterior in
    posterior.priorsWithAtom.map { prior in
      var test = GradientCase(prior: prior, posterior: posterior, likelihood: .exact)
      test.settings.learnsPriorScale = posterior != .poisson
      test.settings.learnsActiveShare = posterior == .spikeAndSlab
      return test
    }
  }

  /// The structured posterior with every prior, refined and not; and with a contrast.
  static let structured: [GradientCase] = PriorFamily.withDensity.flatMap { prior in
    [nil, 0.4].flatMap { contrast in
      prior == .laplace || contrast == nil
        ? [0, 2].map { refinements in
          var test = GradientCase(prior: prior, posterior: .structured, likelihood: .exact)
          (test.contrast, test.refinements) = (contrast, refinements)
          return test
        } : []
    }
  }

  static let independent: [GradientCase] =
    PriorFamily.withDensity.flatMap { prior in
      PosteriorFamily.independent.flatMap { posterior in
        ExpectedLikelihood.allCases.map {
          GradientCase(prior: prior, posterior: posterior, likelihood: $0)
        }
      }
    } + [
      GradientCase(network: .branches(trunk: [20], mean: [12, 8], logScale: [33, 9])),
      GradientCase(network: .trunk([]), samples: 3),
      GradientCase(prior: .gaussian, network: .trunk([33, 7])),
      GradientCase(parts: ("one head", .exponential)),
      GradientCase(parts: ("tied weights", .tied), samples: 2),
      GradientCase(prior: .horseshoe, likelihood: .exact, samples: 2),
      GradientCase(parts: ("one head", .exponential), likelihood: .exact),
      GradientCase(parts: ("tied weights", .tied), likelihood: .exact, samples: 2),
    ]

  var testDescription: String {
    (parts.map { "\($0.name), " } ?? "")
      + "\(prior) prior, \(posterior) posterior, \(network), \(likelihood), "
      + "\(settings.samples) samples"
      + (contrast.map { ", contrast \($0)" } ?? "")
      + (refinements > 0 ? ", \(refinements) refinements" : "")
      + (scalePerLatent ? ", a scale for each latent" : "")
      + (noiseShape == .isotropic ? "" : ", noise \(noiseShape)")
  }

  var model: SparseVAE {
    var configuration = ModelConfiguration(
      pixels: Self.pixels, latents: Self.latents, network: network,
      prior: prior.prior(scale: 0.6), posterior: posterior, contrast: contrast,
      refinements: refinements, noiseLogScale: -0.3, noise: noiseShape, likelihood: likelihood)
    configuration.scalePerLatent = scalePerLatent
    var model = SparseVAE(configuration, parts: parts?.parts, seed: 5)
    if scalePerLatent {
      for place in model.layout.logPriorScales {
        model.parameters[place] += 0.1 * Float(place % 7 - 3)
      }
    }
    do { try model.takeNoiseDirections(from: data) } catch { Issue.record(error) }
    model.takeNoiseProfile()
    return model
  }

  /// Where noise has directions, two pixels are equal.
  var data: Matrix {
    var random = RandomStream(seed: 9, purpose: .initialization)
    var data = Matrix(
      rows: Self.patches, columns: Self.pixels,
      elements: (0..<Self.patches * Self.pixels).map { _ in Float(random.normal()) })
    if noiseShape == .perDirection {
      for row in 0..<data.rows { data[row, 9] = data[row, 8] }
    }
    return data
  }

  static let now = StepSettings(
    step: 1, learningRate: 1e-3, decoderLearningRate: 3e-3, divergenceWeight: 0.7)

  var reference: ReferenceStep { ReferenceStep(model, settings, constraint) }

  /// ε of each patch and sample, as a step draws them.
  var noise: (_ row: Int, _ sample: Int) -> [Double] {
    let blocks = DenseLayout.blocks(for: Self.patches)
    let kernels = svae_kernels().pointee.elementwise
    let fill = model.parts.latents.noise == .normal ? kernels.normals : kernels.laplaces
    let samples = (0..<settings.samples).map { sample in
      var noise = [Float](repeating: 0, count: blocks * Self.latents * 32)
      fill?(
        blocks * Self.latents, 0, settings.seed, UInt32(Self.now.step),
        RandomPurpose.posteriorNoise.rawValue + UInt32(sample) << 8, &noise)
      return noise
    }
    return { row, sample in
      (0..<Self.latents).map {
        Double(samples[sample][(row / 32 * Self.latents + $0) * 32 + row % 32])
      }
    }
  }

  /// A step on two threads, that stores its gradient.
  func step(products: any DenseProducts = PanelProducts()) -> (TrainingStep, StepResult) {
    var settings = settings
    settings.clippingNorm = settings.clippingNorm ?? .infinity
    let step = TrainingStep(
      model, settings, constraint: constraint, team: ThreadTeam(count: 2), products: products)
    let result = step.run(data, rows: (0..<Int32(Self.patches)).map { $0 }[...], Self.now)
    return (step, result)
  }
}

extension ModelParts {
  private static let likelihood = GaussianLikelihood(noiseLogScale: -0.3)

  /// Positive latents of one head.
  static let exponential = ModelParts(
    encoder: RecognitionNetwork.trunk([40]), latents: ExponentialLatents(priorScale: 0.6),
    likelihood: likelihood)

  /// An encoder that goes through the same weights three times.
  static let tied = ModelParts(
    encoder: TiedEncoder(turns: 3),
    latents: LocationScale(
      prior: LaplacePrior(scale: 0.6), posterior: .gaussian, logScaleRange: -7...4),
    likelihood: likelihood)
}

/// Latents z ≥ 0 with one head ℓ = log of the mean: q(z) = e^(−z/m)/m against p(z) = e^(−z/s)/s.
///
/// z = m·|ε| with ε of unit Laplace noise; KL(q ‖ p) = m/s − 1 − log(m/s).
struct ExponentialLatents: LatentLayer {
  let priorScale: Double
  let heads = ["log_mean"]
  let noise = NoiseLaw.laplace

  func silentHeads(priorScale: Double) -> SIMD4<Double> {
    SIMD4(Double.log(priorScale), 0, 0, 0)
  }

  func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw {
    let ratio = Double.exp(heads[0]) / priorScale
    let z = ratio * priorScale * abs(noise)
    return LatentDraw(
      z: z, slopes: SIMD4(z, 0, 0, 0), divergence: ratio - 1 - Double.log(ratio),
      divergenceSlopes: SIMD4(ratio - 1, 0, 0, 0), scaleSlope: 1 - ratio)
  }

  let isDivergenceClosed = true

  func expect(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw? {
    var draw = draw(heads, noise: 1, priorScale: priorScale)
    draw.variance = draw.z * draw.z
    draw.varianceSlopes = SIMD4(2 * draw.variance, 0, 0, 0)
    return draw
  }
}

/// h ← max(0, Wh + b) some times over, with one W and b; then a layer to the heads.
struct TiedEncoder: PatchEncoder {
  let turns: Int

  func layers(pixels: Int, heads: [DenseLayerPlan.Part]) -> [DenseLayerPlan] {
    (0...turns).map { stage in
      DenseLayerPlan(
        inputs: pixels, input: (stage, 0),
        output: (stage + 1, 0), rectified: stage < turns,
        parts: stage < turns
          ? [.init(name: "encoder.turn", outputs: pixels)]
          : heads.map { .init(name: "encoder.\($0.name)", outputs: $0.outputs) })
    }
  }
}
