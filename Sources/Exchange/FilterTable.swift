import Evaluation
import Foundation
import Learning

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

  init(_ evaluation: FilterEvaluation) {
    let active = evaluation.active
    add("index", active.active.indices.map(Double.init))
    add("norm", evaluation.filters.rowNorms)
    add("participationRatio", active.participationRatios)
    if let posterior = evaluation.posterior {
      add("kl", posterior.statistics.divergence)
      add("meanVariance", posterior.statistics.meanVariance)
      add("posteriorVariance", posterior.statistics.posteriorVariance)
      add("information", posterior.activity.information)
    } else {
      add("meanAbsoluteCode", evaluation.use)
    }
    add("active", active.active)
    if let activity = evaluation.posterior?.activity {
      add("informative", activity.informative)
      add("strong", activity.strong)
      add("activeUnit", activity.activeUnits)
      if let scaleFree = activity.activeUnitsScaleFree { add("activeUnitScaleFree", scaleFree) }
      add("klActive", activity.klActive)
    } else {
      add("dead", active.used.map { !$0 })
    }
    add("duplicate", active.duplicates)
    add("spike", active.spikes)
    add("noiseLike", active.noiseLike)
    addGabors(active.gaborFits, active.thresholds)
  }

  private mutating func addGabors(_ fits: [GaborFit]?, _ thresholds: ActivityThresholds) {
    guard let fits else { return }
    add("gaborRSquared", fits.map(\.rSquared))
    add("gaborLike", fits.map { $0.rSquared > thresholds.gaborLike })
    add("gaborLikeStrict", fits.map { $0.rSquared >= thresholds.gaborLikeStrict })
    add("gaborCarrier", fits.map(\.hasCarrier))
    func addNumber(
      _ name: String, _ value: (GaborFunction) -> Double, always: Bool = false
    ) {
      add(name, fits.map { $0.hasCarrier || always ? value($0.function) : nil })
    }
    addNumber("orientation", \.orientation)
    addNumber("frequency", \.frequency)
    addNumber("phase", \.phase)
    addNumber("bandwidth", \.bandwidth)
    addNumber("aspectRatio", \.aspectRatio)
    addNumber("centreX", \.centreX, always: true)
    addNumber("centreY", \.centreY, always: true)
    addNumber("width", \.width)
    addNumber("length", \.length)
    addNumber("amplitude", \.amplitude)
    addNumber("offset", \.offset)
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

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    let table: FilterTable
    do {
      table = try model.measures(on: options.data, team: options.team)
    } catch {
      guard options.data == nil else { throw error }
      throw RunError(
        file: model.folder.url, "its filters cannot be measured without the run's data: \(error)",
        remedy: "name data to measure on with --data, or export without measures, such as npz")
    }
    return [ExportedFile(url: place, content: Data(table.text.utf8))]
  }
}
