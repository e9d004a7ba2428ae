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
      evaluation, preprocessing, order: FilterOrder.activity.order(of: evaluation))
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

/// How filters are put in order in a mosaic.
public enum FilterOrder: String, CaseIterable, Sendable {
  /// The most informative latents first.
  case activity
  /// The longest filters first.
  case norm
  /// Low spatial frequencies first.
  case frequency
  /// As the model has them.
  case index

  /// The filters' indices in this order.
  public func order(of evaluation: ModelEvaluation) -> [Int] {
    let filters = evaluation.model.filters
    let keys: [Double]
    switch self {
    case .activity:
      keys = evaluation.active.activity.information.indices.map { k in
        let information = evaluation.active.activity.information[k]
        return evaluation.active.active[k] ? -information - 1e6 : -information
      }
    case .norm:
      keys = (0..<filters.rows).map { row in
        -filters.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
      }
    case .frequency: keys = (0..<filters.rows).map { meanFrequency(of: filters.row($0)) }
    case .index: keys = (0..<filters.rows).map(Double.init)
    }
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }
}

extension FilterMosaic {
  /// A model's filters with the inactive ones marked.
  public init(
    _ evaluation: ModelEvaluation, _ preprocessing: Preprocessing, order: [Int]
  ) {
    let active = evaluation.active
    self.init(
      filters: evaluation.model.filters, patchHeight: preprocessing.patchHeight,
      patchWidth: preprocessing.patchWidth, order: order, inactive: active.active.map { !$0 },
      caption: "\(active.latents) filters, \(active.count) active")
  }
}

/// Energy-weighted mean squared difference of neighbours: grows with spatial frequency.
private func meanFrequency(of filter: ArraySlice<Float>) -> Double {
  let side = Int(Double(filter.count).squareRoot())
  let base = filter.startIndex
  var (differences, energy) = (0.0, 0.0)
  for index in 0..<filter.count {
    let value = Double(filter[base + index])
    energy += value * value
    if (index + 1) % side != 0, index + 1 < filter.count {
      differences += (Double(filter[base + index + 1]) - value) * (Double(filter[base + index + 1]) - value)
    }
    if index + side < filter.count {
      differences +=
        (Double(filter[base + index + side]) - value) * (Double(filter[base + index + side]) - value)
    }
  }
  return energy > 0 ? differences / energy : 0
}
