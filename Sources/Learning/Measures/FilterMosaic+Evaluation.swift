import Compute
import Figures
import ImageData

extension FilterMosaic {
  /// Filters with the inactive ones marked.
  public init(
    _ evaluation: FilterEvaluation, _ preprocessing: Preprocessing, order: FilterOrder
  ) {
    self.init(
      evaluation.filters, active: evaluation.active.active, use: evaluation.use, preprocessing,
      order: order)
  }

  /// The same of what is known of each filter.
  init(
    _ filters: Matrix, active: [Bool], use: [Double], _ preprocessing: Preprocessing,
    order: FilterOrder
  ) {
    self.init(
      filters: filters, patchHeight: preprocessing.patchHeight,
      patchWidth: preprocessing.patchWidth,
      order: order.order(
        of: filters, active: active, use: use, patch: preprocessing.patch),
      inactive: active.map { !$0 },
      caption: Self.caption(filters: filters.rows, active: active.count { $0 }))
  }
}
