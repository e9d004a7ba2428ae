import Compute
import Filters
import RealModule
import Testing

@testable import LatentVariableModels

@Suite struct FilterRevivalTests {
  private let team = ThreadTeam(count: 2)

  /// A step in the middle of training, with the filters of latents 4 and 9 made those of 2 and 5,
  /// the second with its sign turned. Adam's moments are no numbers, which must not outlive a filter.
  private func step(_ training: TrainingCase) -> TrainingStep {
    var model = training.trained(threads: 1).model
    var filters = model.filters
    for pixel in 0..<TrainingCase.pixels {
      filters[4, pixel] = filters[2, pixel]
      filters[9, pixel] = -filters[5, pixel]
    }
    model.filters = filters
    var state = OptimizerState(for: model, training.constraint)
    state.firstMoment = AlignedArray([Float](repeating: .nan, count: state.firstMoment.count))
    state.secondMoment = state.firstMoment
    return TrainingStep(
      model, TrainingSettings(batch: 32, seed: 3), constraint: training.constraint, state: state,
      team: team)
  }

  private static let networks: [RecognitionNetwork] = [
    .trunk([32]), .branches(trunk: [20], mean: [12], logScale: [33]),
  ]

  @Test(arguments: networks)
  func `the later of two equal filters begins anew, silent`(network: RecognitionNetwork) {
    var training = TrainingCase()
    training.network = network
    let step = step(training)
    let before = (filters: step.model.filters, codes: codes(step.model, training.data))
    let revived = FilterRevival(similarity: 0.95).apply(
      to: step, patches: training.data, epoch: 0)
    #expect(revived == [4, 9])

    let after = (filters: step.model.filters, codes: codes(step.model, training.data))
    #expect(!after.filters.isDuplicate(above: 0.95).contains(true))
    let scale = Float(step.model.priorScale)
    for latent in 0..<TrainingCase.latents {
      let isNew = revived.contains(latent)
      #expect((after.filters.row(latent) != before.filters.row(latent)) == isNew, "\(latent)")
      let power = after.filters.row(latent).reduce(0) { $0 + $1 * $1 }
      #expect(abs(power - 1) < 1e-5)
      for row in 0..<training.patches {
        if isNew {
          #expect(after.codes.mean[row, latent] == 0)
          #expect(abs(Double.exp(Double(after.codes.logScale[row, latent])) - Double(scale)) < 1e-6)
        } else {
          #expect(after.codes.mean[row, latent] == before.codes.mean[row, latent])
        }
      }
    }
  }

  @Test func `a new filter is what the model leaves of a patch, and Adam forgets the old one`() {
    let training = TrainingCase()
    let data = training.data
    let step = step(training)
    let codes = codes(step.model, data)
    let explained = Inference(step.model, team: team).decode(codes.mean)
    let revived = FilterRevival(similarity: 0.95).apply(to: step, patches: data, epoch: 0)
    for latent in revived {
      let filter = step.model.filters.row(latent)
      let cosines = (0..<training.patches).map { row in
        let residual = zip(data.row(row), explained.row(row)).map(-)
        let norm = residual.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return zip(filter, residual).reduce(0) { $0 + $1.0 * $1.1 } / norm
      }
      #expect(abs((cosines.max() ?? 0) - 1) < 1e-4, "\(latent)")
    }
    let layout = step.model.layout
    let forgotten = (0..<layout.count).filter { step.state.firstMoment[$0] == 0 }
    #expect(forgotten == (0..<layout.count).filter { step.state.secondMoment[$0] == 0 })
    // Two filters, and their two rows of the last layer with its biases.
    #expect(forgotten.count == 2 * (TrainingCase.pixels + 2 * (32 + 1)))
  }

  @Test func `filters that differ stay, and so does a model without patches to draw from`() {
    let training = TrainingCase()
    let step = step(training)
    let before = step.model.parameters.array
    let none = Matrix(rows: 0, columns: TrainingCase.pixels)
    #expect(FilterRevival(similarity: 0.95).apply(to: step, patches: none, epoch: 0).isEmpty)
    #expect(
      FilterRevival(similarity: 0.999_999_9).apply(
        to: TrainingStep(
          SparseVAE(training.configuration, seed: 1), TrainingSettings(batch: 32, seed: 3),
          team: team),
        patches: training.data, epoch: 0
      ).isEmpty)
    #expect(step.model.parameters.array == before)
  }

  private func codes(_ model: SparseVAE, _ patches: Matrix) -> Inference.Posteriors {
    Inference(model, team: team).encode(patches)
  }
}
