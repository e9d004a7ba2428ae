// A constraint of your own: filters of unit norm without negative weights.
//
// A constraint acts on one filter at a time. Registered by its name, it can be chosen in
// configurations, and runs with it can be saved, resumed, loaded and used.

import Compute
import Filters
import Foundation
import ImageData
import Learning

/// Projects every filter onto the part of the unit sphere where no weight is negative, and counts
/// the steps in which it had to take a weight's sign.
struct NonnegativeUnitNorm: FilterConstraint {
  struct State: ConstraintState {
    var clipped: Float = 0
  }

  static let name = "nonnegative"

  init(settings: [String: Double]) {}

  func initialState(of filter: FilterRow) -> State { State() }

  func project(_ filter: FilterRow, _ state: inout State) -> Bool {
    let negative = (0..<filter.count).filter { filter[$0] < 0 }
    for pixel in negative { filter[pixel] = 0 }
    if !negative.isEmpty { state.clipped += 1 }
    // False for a filter of zeros: it is drawn anew.
    return filter.normalize()
  }
}

Constraints.register(NonnegativeUnitNorm.self)

let team = ThreadTeam(count: ThreadTeam.processorCount)
var configuration = SparseVAEConfiguration()
configuration.data.preparation.patchSize = 8
configuration.data.preparation.patches = 2000
configuration.model.latents = 32
configuration.model.encoder.trunk = [64]
configuration.model.constraint = NonnegativeUnitNorm.family
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
let rest = try Run(
  resuming: folder, folder.configuration(of: SparseVAEConfiguration.self), data: data, team: team)
_ = try rest.run()

let trained = try TrainedRun<SparseVAEConfiguration>(folder)
print("the constraint is \(trained.configuration.model.constraint.rawValue)")
print("the smallest weight is \(trained.model.filters.elements.min() ?? -1)")
