import Compute
import Distributions
import Testing

@testable import LatentVariableModels

/// Models of other parts than the sparse coding VAE's: what follows from what the parts state.
@Suite struct PartsTests {
  private func model(_ parts: ModelParts) -> SparseVAE {
    var configuration = TrainingCase().configuration
    configuration.noiseLogScale = -0.7
    return SparseVAE(configuration, parts: parts, seed: 3)
  }

  @Test func `one head has one tensor, and shared weights have one as well`() {
    let one = model(.exponential).namedTensors.map(\.name)
    #expect(
      one == [
        "encoder.trunk.0.weight", "encoder.trunk.0.bias", "encoder.log_mean.weight",
        "encoder.log_mean.bias", "decoder.weight", "decoder.bias", "noise_log_scale",
        "prior_log_scale",
      ])
    let tied = model(.tied)
    #expect(tied.namedTensors.filter { $0.name == "encoder.turn.weight" }.count == 1)
    #expect(
      tied.encoderLayers(toHead: 1).map(\.name)
        == ["encoder.turn", "encoder.turn", "encoder.turn", "encoder.log_scale"])
  }

  @Test(arguments: [1, 2, 3])
  func `models of other parts learn, alike on any number of threads`(threads: Int) {
    let training = TrainingCase()
    let data = training.data
    for parts in [ModelParts.exponential, .tied] {
      func train(_ threads: Int, steps: Int32) -> (losses: [Double], model: SparseVAE) {
        let step = TrainingStep(
          model(parts), TrainingSettings(batch: 200, seed: 2), team: ThreadTeam(count: threads))
        let losses = (0..<steps).map { number in
          let start = number % 2 * 200
          return step.run(data, rows: start..<start + 200, step: Int(number) + 1).negativeELBO
        }
        return (losses, step.model)
      }
      let (losses, trained) = train(threads, steps: 60)
      let (before, after) = (losses[0] + losses[1], losses[58] + losses[59])
      #expect(after < before - 20, "\(losses)")
      #expect(train(1, steps: 60).model.namedTensors == trained.namedTensors)
    }
  }

  @Test func `a rule without its kernel gives the same samples and divergences`() {
    struct Plain: LatentLayer {
      let layer: LocationScale
      var heads: [String] { layer.heads }
      var priorScale: Double { layer.priorScale }
      var noise: NoiseLaw { layer.noise }
      func silentHeads(priorScale: Double) -> SIMD4<Double> {
        layer.silentHeads(priorScale: priorScale)
      }
      func draw(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw {
        layer.draw(heads, noise: noise, priorScale: priorScale)
      }
      func expect(_ heads: SIMD4<Double>, noise: Double, priorScale: Double) -> LatentDraw? {
        layer.expect(heads, noise: noise, priorScale: priorScale)
      }
    }
    let training = TrainingCase()
    for posterior in PosteriorFamily.independent {
      let layer = LocationScale(
        prior: LaplacePrior(scale: 0.3), posterior: posterior, logScaleRange: -7...4)
      let results = [layer, Plain(layer: layer)].map { (layer: any LatentLayer) in
        let parts = ModelParts(
          encoder: training.network, latents: layer,
          likelihood: GaussianLikelihood(noiseLogScale: -0.7))
        let inference = Inference(model(parts), team: ThreadTeam(count: 2))
        return inference.evaluate(training.data)
      }
      let (fast, plain) = (results[0], results[1])
      #expect(fast.reconstructions == plain.reconstructions)
      #expect(abs(fast.negativeLogLikelihood / plain.negativeLogLikelihood - 1) < 1e-5)
      for (a, b) in zip(fast.divergence.elements, plain.divergence.elements) {
        #expect(abs(a - b) < 1e-4 * (1 + abs(b)))
      }
    }
  }
}
