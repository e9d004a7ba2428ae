import Evaluation
import Figures
import Foundation
import ImageData

/// A finished run's pictures.
struct RunPictures {
  private let evaluation: ModelEvaluation
  private let preprocessing: Preprocessing
  private let metrics: MetricsTable

  init(_ evaluation: ModelEvaluation, _ preprocessing: Preprocessing, _ metrics: MetricsTable) {
    self.evaluation = evaluation
    self.preprocessing = preprocessing
    self.metrics = metrics
  }

  func write(to folder: RunFolder) throws {
    try mosaic.write(to: folder.filtersPicture.path)
    try curves.write(to: folder.curvesPicture.path)
  }

  private var mosaic: FilterMosaic {
    FilterMosaic(
      evaluation, preprocessing, order: .activity)
  }

  private var curves: TrainingCurves {
    TrainingCurves(
      epochs: metrics["epoch"], trainingObjective: metrics["trainNegativeElbo"],
      validationObjective: metrics["validationNegativeElbo"],
      negativeLogLikelihood: metrics["validationNegativeLogLikelihood"],
      divergence: metrics["validationKl"],
      activeCounts: [
        .init(name: "active filters", counts: metrics["activeFilters"]),
        .init(name: "informative", counts: metrics["informative"]),
        .init(name: "KL > 0.1", counts: metrics["klActive"]),
      ], latents: evaluation.active.latents, signalToNoise: metrics["snrDecibels"])
  }
}

extension FilterMosaic {
  /// A model's filters with the inactive ones marked.
  public init(
    _ evaluation: ModelEvaluation, _ preprocessing: Preprocessing, order: FilterOrder
  ) {
    let active = evaluation.active
    self.init(
      filters: evaluation.model.filters, patchHeight: preprocessing.patchHeight,
      patchWidth: preprocessing.patchWidth,
      order: order.order(of: evaluation, patchWidth: preprocessing.patchWidth), inactive: active.active.map { !$0 },
      caption: "\(active.latents) filters, \(active.count) active")
  }
}
