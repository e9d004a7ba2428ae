import Compute
import Evaluation
import Foundation

/// Every filter's measures: a row a filter, a named column a measure.
///
/// Undefined measures are empty; truths are 1 and 0.
struct FilterTable {
  private(set) var columns: [String] = []
  /// One array a column.
  private var values: [[Double?]] = []

  private mutating func add(_ name: String, _ column: [Double?]) {
    columns.append(name)
    values.append(column)
  }

  private mutating func add(_ name: String, _ column: [Double]) {
    add(name, column.map(Optional.init))
  }

  private mutating func add(_ name: String, _ column: [Bool]) {
    add(name, column.map { $0 ? 1.0 : 0.0 })
  }

  /// The filters of a sparse coding VAE.
  init(_ evaluation: ModelEvaluation) {
    let (active, statistics) = (evaluation.active, evaluation.statistics)
    let activity = active.activity
    addShape(evaluation.model.filters)
    add("kl", statistics.divergence)
    add("meanVariance", statistics.meanVariance)
    add("posteriorVariance", statistics.posteriorVariance)
    add("information", activity.information)
    add("active", active.active)
    add("informative", activity.informative)
    add("strong", activity.strong)
    add("activeUnit", activity.activeUnits)
    if let scaleFree = activity.activeUnitsScaleFree { add("activeUnitScaleFree", scaleFree) }
    add("klActive", activity.klActive)
    add("duplicate", active.duplicates)
    add("spike", active.spikes)
    add("noiseLike", active.noiseLike)
    addGabors(evaluation.gaborFits, activity.thresholds)
  }

  /// The atoms of a dictionary.
  init(_ evaluation: DictionaryEvaluation) {
    addShape(evaluation.dictionary)
    add("meanAbsoluteCode", evaluation.activity)
    add("active", evaluation.active)
    add("dead", evaluation.dead)
    add("duplicate", evaluation.duplicates)
    add("spike", evaluation.spikes)
    add("noiseLike", evaluation.noiseLike)
    addGabors(evaluation.gaborFits, evaluation.thresholds)
  }

  private mutating func addShape(_ filters: Matrix) {
    add("index", (0..<filters.rows).map(Double.init))
    add("norm", filters.rowNorms)
    add("participationRatio", participationRatios(of: filters))
  }

  private mutating func addGabors(_ fits: [GaborFit]?, _ thresholds: ActivityThresholds) {
    guard let fits else { return }
    add("gaborRSquared", fits.map(\.rSquared))
    add("gaborLike", fits.map { $0.rSquared > thresholds.gaborLike })
    add("gaborLikeStrict", fits.map { $0.rSquared >= thresholds.gaborLikeStrict })
    let parameters: [(String, (GaborFunction) -> Double)] = [
      ("orientation", \.orientation), ("frequency", \.frequency), ("phase", \.phase),
      ("bandwidth", \.bandwidth), ("aspectRatio", \.aspectRatio), ("centreX", \.centreX),
      ("centreY", \.centreY), ("width", \.width), ("length", \.length),
      ("amplitude", \.amplitude), ("offset", \.offset),
    ]
    for (name, value) in parameters { add(name, fits.map { value($0.function) }) }
  }

  /// The table as text: a line of names, then a line a filter.
  var text: String {
    let rows = (values.first ?? []).indices.map { row in
      values.map { column in column[row].map(MetricsTable.text) ?? "" }
    }
    return ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

/// csv: a row a filter, with its norm, KL divergence, activity by each definition, and the best
/// Gabor function's parameters.
public struct FilterTableExporter: ModelExporter {
  public let name = "csv"

  public init() {}

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    let table: FilterTable
    do {
      table = try model.measures(options.data, options.team)
    } catch {
      guard options.data == nil else { throw error }
      throw RunError(
        file: model.folder.url, "its filters cannot be measured without the run's data: \(error)",
        remedy: "name data to measure on with --data, or export without measures, such as npz")
    }
    return [ExportedFile(url: place, content: Data(table.text.utf8))]
  }
}
