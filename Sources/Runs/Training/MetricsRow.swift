import Files
import Foundation
import SparseCodingVAE

/// One epoch's numbers: a row of `metrics.csv`.
public struct MetricsRow: Sendable, Hashable {
  public var epoch: Int
  public var step: Int
  public var training: EpochSummary
  public var validation: EvaluationSummary
  /// Smallest, mean and largest ‖φₖ‖.
  public var norms: (least: Double, mean: Double, greatest: Double) {
    (normLeast, normMean, normGreatest)
  }
  private var normLeast, normMean, normGreatest: Double
  public var seconds: Double

  init(
    epoch: Int, step: Int, training: EpochSummary, validation: EvaluationSummary,
    model: SparseVAE, seconds: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.training = training
    self.validation = validation
    self.seconds = seconds
    let norms = model.filters.rowNorms
    normLeast = norms.min() ?? 0
    normMean = norms.reduce(0, +) / Double(max(1, norms.count))
    normGreatest = norms.max() ?? 0
  }

  /// Names and values, in the order of the columns.
  private static let columns: [(name: String, value: @Sendable (MetricsRow) -> Double?)] = [
    ("epoch", { Double($0.epoch) }),
    ("step", { Double($0.step) }),
    ("trainNegativeElbo", { $0.training.negativeELBO }),
    ("trainNegativeLogLikelihood", { $0.training.negativeLogLikelihood }),
    ("trainKl", { $0.training.divergence }),
    ("validationNegativeElbo", { -$0.validation.elbo }),
    ("validationNegativeLogLikelihood", { $0.validation.negativeLogLikelihood }),
    ("validationKl", { $0.validation.kl }),
    ("snrDecibels", { $0.validation.snrDecibels }),
    ("activeFilters", { Double($0.validation.activeFilters) }),
    ("activeUnits", { Double($0.validation.activeUnits) }),
    ("activeUnitsScaleFree", { $0.validation.activeUnitsScaleFree.map(Double.init) }),
    ("klActive", { Double($0.validation.klActive) }),
    ("informative", { Double($0.validation.informative) }),
    ("strong", { Double($0.validation.strong) }),
    ("spikes", { Double($0.validation.spikes) }),
    ("normLeast", { $0.normLeast }),
    ("normMean", { $0.normMean }),
    ("normGreatest", { $0.normGreatest }),
    ("noiseScale", { $0.validation.noiseScale }),
    ("priorScale", { $0.validation.priorScale }),
    ("seconds", { $0.seconds }),
  ]

  /// Each column's name and value.
  var fields: [(name: String, value: Double?)] { Self.columns.map { ($0.name, $0.value(self)) } }

  static var header: String { columns.map(\.name).joined(separator: ",") }

  var line: String {
    Self.columns.map { column in column.value(self).map(MetricsTable.text) ?? "" }.joined(separator: ",")
  }
}

/// `metrics.csv`: rewritten whole at each row, so that it is never half a row. The first column
/// counts epochs, or updates.
struct MetricsTable {
  /// Column names, and the rows' fields.
  private(set) var columns: [String]
  private(set) var rows: [[String]]

  /// - Parameter header: the columns' names, separated by commas.
  init(header: String = MetricsRow.header) {
    columns = header.split(separator: ",").map(String.init)
    rows = []
  }

  /// Reads the rows up to `last`; later ones are of a run that was stopped after its checkpoint.
  init(contentsOf url: URL, through last: Int, header: String = MetricsRow.header) throws {
    self.init(header: header)
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    guard lines.first.map(String.init) == header else {
      throw RunError(file: url, "has other columns than this version writes")
    }
    rows = lines.dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      .filter { row in row.count == columns.count && (Int(row[0]) ?? .max) <= last }
  }

  mutating func add(_ row: MetricsRow) { add(line: row.line) }

  /// Adds a row of fields, separated by commas.
  mutating func add(line: String) {
    rows.append(line.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
  }

  /// A number as a field.
  static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%.6g", value)
  }

  func write(to url: URL) throws {
    let lines = [columns] + rows
    let text = lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    try AtomicFile.write(Data(text.utf8), to: url)
  }

  /// A column's numbers; NaN where a field is empty.
  subscript(_ name: String) -> [Double] {
    guard let index = columns.firstIndex(of: name) else { return [] }
    return rows.map { Double($0[index]) ?? .nan }
  }
}
