// A prior of your own: the logistic distribution, with Laplace's tails and a round top.
//
// A prior states its mathematics, and nothing else. Registered by its name, it can be chosen in
// configurations, and runs with it can be saved, resumed, loaded and used.

import Compute
import Distributions
import Foundation
import ImageData
import Learning

/// p(z; s) = sech²(z/2s)/4s
struct LogisticPrior: Prior {
  static let name = "logistic"
  var scale: Double

  init(scale: Double, shape: [String: Double]) { self.scale = scale }

  func logDensity(_ z: Double) -> Double {
    let u = abs(z) / scale
    return -u - 2 * log1p(exp(-u)) - log(scale)
  }

  /// −tanh(z/2s)/s
  func score(_ z: Double) -> Double { -tanh(z / (2 * scale)) / scale }

  func sample(using stream: inout RandomStream) -> Double {
    let u = stream.uniform()
    return scale * log(u / (1 - u))
  }

  /// π²s²/3
  var variance: Double? { .pi * .pi * scale * scale / 3 }
}

Priors.register(LogisticPrior.self)

let team = ThreadTeam(count: ThreadTeam.processorCount)
var configuration = SparseVAEConfiguration()
configuration.data.preparation.patchSize = 8
configuration.data.preparation.patches = 2000
configuration.model.latents = 64
configuration.model.encoder.trunk = [64]
configuration.model.prior = LogisticPrior.family
configuration.model.priorScale = 0.05
configuration.training.epochs = 3
let data = try configuration.data.dataSet(team: team)

// A run that is stopped after a few steps, and then goes on to its end.
let place = FileManager.default.temporaryDirectory.appending(path: "svae-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: place) }
let run = try Run(new: configuration, at: place, data: data, team: team)
var observer = Run<SparseVAEConfiguration>.Observer()
observer.step = { done, _ in done < 10 }
_ = try run.run(observer)
let folder = try RunFolder(existing: place)
let saved = try folder.configuration(of: SparseVAEConfiguration.self)
_ = try Run(resuming: folder, saved, data: data, team: team).run()

let trained = try TrainedRun<SparseVAEConfiguration>(folder)
print(
  "p is \(trained.configuration.model.prior.rawValue), of scale \(trained.configuration.model.priorScale)"
)
let evaluation = try trained.evaluate(team: team)
print("−ELBO \(evaluation.posterior?.negativeELBO ?? .nan) nats")
