import Figures
import Foundation
import ImageData

extension FilterMosaic {
  /// A dictionary's filters with the inactive ones marked.
  init(_ evaluation: DictionaryEvaluation, _ preprocessing: Preprocessing, order: FilterOrder) {
    let active = evaluation.active
    let gabors = DictionarySummary(evaluation).gaborLikeStrict.map { ", \($0) Gabor-like" }
    self.init(
      filters: evaluation.dictionary, patchHeight: preprocessing.patchHeight,
      patchWidth: preprocessing.patchWidth,
      order: order.order(
        of: evaluation.dictionary, isActive: active, activity: evaluation.activity,
        patchWidth: preprocessing.patchWidth), inactive: active.map { !$0 },
      caption: "\(active.count) filters, \(active.count { $0 }) active" + (gabors ?? ""))
  }
}

/// A finished dictionary's pictures.
struct DictionaryPictures {
  let evaluation: DictionaryEvaluation
  let preprocessing: Preprocessing
  let metrics: MetricsTable

  func write(to folder: RunFolder) throws {
    try FilterMosaic(evaluation, preprocessing, order: .activity)
      .write(to: folder.filtersPicture.path)
    try curves.write(to: folder.curvesPicture.path)
  }

  /// Objective, reconstruction, sparsity and lost atoms, update by update.
  private var curves: ChartGrid {
    let updates = metrics["update"]
    func chart(_ title: String, _ lines: [(name: String, column: String)], y: Axis) -> LineChart {
      LineChart(
        title: title,
        series: lines.enumerated().map { index, line in
          LineChart.Series(
            name: line.name, x: updates, y: metrics[line.column], colour: .series(index))
        },
        x: Axis("update", isInteger: true), y: y, size: Size(width: 250, height: 150))
    }
    func both(_ measure: String) -> [(name: String, column: String)] {
      [("training", "train\(measure)"), ("validation", "validation\(measure)")]
    }
    return ChartGrid(
      panels: [
        chart("Objective", both("Objective"), y: Axis("½‖x − Φᵀz‖² + λ‖z‖₁")),
        chart("Reconstruction", both("SnrDecibels"), y: Axis("SNR", unit: "dB")),
        chart("Sparsity", both("L0"), y: Axis("active atoms of a patch", includesZero: true)),
        chart(
          "Lost atoms",
          [("dead", "dead"), ("duplicates", "duplicates"), ("replaced", "replaced")],
          y: Axis("atoms", isInteger: true, includesZero: true)),
      ], columns: 2)
  }
}
