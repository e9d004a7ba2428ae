// A decoder constraint of one's own: filters of unit norm without negative weights.

import Compute
import Distributions
import ImageData
import SparseCodingVAE

/// Projects every filter onto the part of the unit sphere where no weight is negative.
struct NonnegativeUnitNorm: DecoderConstraint {
  func project(_ filter: FilterRow, _ context: ConstraintContext) -> Bool {
    for pixel in 0..<filter.count where filter[pixel] < 0 { filter[pixel] = 0 }
    // False for a filter of zeros: it is drawn anew.
    return filter.normalize()
  }
}

let team = ThreadTeam(count: ThreadTeam.processorCount)
var preparation = DataConfiguration()
preparation.patchSize = 8
preparation.patches = 2000
let data = try DataSet(.open(path: nil), preparation, team: team)
let configuration = ModelConfiguration(
  pixels: data.preprocessing.pixels, latents: 32, network: .trunk([64]),
  prior: LaplacePrior(scale: 0.07), noiseLogScale: -1)
var settings = TrainingSettings()
settings.epochs = 2
let trainer = Trainer(
  configuration, settings, constraint: NonnegativeUnitNorm(), data: data.train, team: team)
while !trainer.isFinished { _ = try trainer.runEpoch() }
print("the smallest weight is \(trainer.model.filters.elements.min() ?? 0)")
