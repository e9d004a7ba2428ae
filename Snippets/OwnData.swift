// Trains on data of one's own: any collection of images, or patches that are there already.

import Compute
import Distributions
import Filters
import ImageData
import LatentVariableModels

let team = ThreadTeam(count: ThreadTeam.processorCount)

// Images from anywhere: here, gratings that are computed.
let images = (0..<20).map { index in
  RasterImage(
    height: 64, width: 64,
    pixels: (0..<64 * 64).map { pixel in
      let (y, x) = (pixel / 64, pixel % 64)
      return Float((y * (index % 5 + 1) + x * (index / 5 + 1)) % 16) / 16
    })
}
let sampler = PatchSampler(patchHeight: 8, patchWidth: 8, seed: 1)
let patches = try sampler.patches(of: ImageList(images), count: 3000, team: team)

// A file does as well: `DataSource.open(path: "photos")`, or "patches.npy" of shape [N, D].
let configuration = ModelConfiguration(
  pixels: patches.columns, latents: 32, network: .trunk([64]),
  prior: LaplacePrior(scale: 0.1), noiseLogScale: -1)
var settings = TrainingSettings()
settings.epochs = 2
let trainer = Trainer(
  configuration, settings, constraint: UnitNorm(), data: patches, team: team)
while !trainer.isFinished {
  if let epoch = try trainer.runEpoch() { print("−ELBO \(epoch.negativeELBO) nats") }
}
