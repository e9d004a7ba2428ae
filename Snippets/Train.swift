// Trains a small sparse coding VAE on generated images, and says how it goes.

import Compute
import Distributions
import Filters
import ImageData
import LatentVariableModels

let team = ThreadTeam(count: ThreadTeam.processorCount)

// Patches of 8 × 8 pixels; without a file they come from dead leaves, generated.
var preparation = DataConfiguration()
preparation.patchSize = 8
preparation.patches = 4000
let data = try DataSet(.open(path: nil), preparation, team: team)
print(data.check)

// 64 latents with a Laplace prior; every filter is held on the unit sphere.
let model = ModelConfiguration(
  pixels: data.preprocessing.pixels, latents: 64, network: .trunk([128]),
  prior: LaplacePrior(scale: 0.07), noiseLogScale: -1)
var settings = TrainingSettings()
settings.epochs = 4
let trainer = Trainer(model, settings, constraint: UnitNorm(), data: data.train, team: team)
while !trainer.isFinished {
  if let epoch = try trainer.runEpoch() {
    print("epoch \(epoch.epoch): −ELBO \(epoch.negativeELBO) nats")
  }
}
print("the filters: \(trainer.model.filters.rows) × \(trainer.model.filters.columns)")
