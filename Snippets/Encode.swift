// Takes new patches through a trained model: codes, and what they explain.

import Compute
import Distributions
import Filters
import ImageData
import LatentVariableModels

let team = ThreadTeam(count: ThreadTeam.processorCount)
var preparation = DataConfiguration()
preparation.patchSize = 8
preparation.patches = 4000
let data = try DataSet(.open(path: nil), preparation, team: team)
let configuration = ModelConfiguration(
  pixels: data.preprocessing.pixels, latents: 64, network: .trunk([128]),
  prior: LaplacePrior(scale: 0.07), noiseLogScale: -1)
var settings = TrainingSettings()
settings.epochs = 3
let trainer = Trainer(
  configuration, settings, constraint: UnitNorm(), data: data.train, team: team)
while !trainer.isFinished { _ = try trainer.runEpoch() }

// `data.test` is treated already. Patches as they come from images go through
// `data.preprocessing.apply(to:)` first.
let inference = Inference(trainer.model, team: team)
let posteriors = inference.encode(data.test)
let reconstructions = inference.decode(posteriors.mean)

var (signal, error) = (0.0, 0.0)
for (pixel, guess) in zip(data.test.elements, reconstructions.elements) {
  signal += Double(pixel * pixel)
  error += Double((pixel - guess) * (pixel - guess))
}
print("\(data.test.rows) patches → codes \(posteriors.mean.rows) × \(posteriors.mean.columns)")
print("the codes explain \(100 * (1 - error / signal)) % of the patches' energy")
