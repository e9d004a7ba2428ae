// A prior of one's own: Student's t, named by the weight of its tails.
//
// A prior states its mathematics, and which family's kernel works on whole batches. A density of
// another form also needs a kernel: docs/Architecture.md says where.

import Compute
import ImageData
import SparseCodingVAE

/// Student's t whose tails fall by the power `tail`, as z^−tail.
struct TailPrior: Prior {
  static let family = PriorFamily.studentT
  var scale: Double
  let tail: Double

  private var density: StudentTPrior {
    StudentTPrior(scale: scale, degreesOfFreedom: tail - 1)
  }

  func logDensity(_ z: Double) -> Double { density.logDensity(z) }
  func score(_ z: Double) -> Double { density.score(z) }
  func sample(using stream: inout RandomStream) -> Double { density.sample(using: &stream) }
  var variance: Double? { density.variance }
  var shape: SIMD3<Double> { density.shape }
}

let team = ThreadTeam(count: ThreadTeam.processorCount)
var preparation = DataConfiguration()
preparation.patchSize = 8
preparation.patches = 2000
let data = try DataSet(.open(path: nil), preparation, team: team)
let configuration = ModelConfiguration(
  pixels: data.preprocessing.pixels, latents: 64, network: .trunk([64]),
  prior: TailPrior(scale: 0.05, tail: 3.5), noiseLogScale: -1)
var settings = TrainingSettings()
settings.epochs = 2
let trainer = Trainer(
  configuration, settings, constraint: UnitNorm(), data: data.train, team: team)
while !trainer.isFinished {
  if let epoch = try trainer.runEpoch() { print("−ELBO \(epoch.negativeELBO) nats") }
}
