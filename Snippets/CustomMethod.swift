// A way to learn filters that is defined outside the package: principal components, by subspace
// iteration. One type, registered once, is trained, saved, resumed, loaded, evaluated, and stands
// in a study's table and report beside the other methods.

import Compute
import Foundation
import ImageData
import LatentVariableModels
import Learning
import Settings
import Studies

/// Filters of greatest variance: Φ ← orthonormalised Φ·C, epoch by epoch.
struct PrincipalComponents: LearningMethod {
  static let name = "principal-components"

  struct Components: Codable, Hashable, Sendable {
    var count = 16
    var epochs = 6
    var seed: UInt64 = 1
  }

  var data = DataSettings()
  var components = Components()

  static var settings: [Setting<Self>] {
    DataSettings.settings.map { $0.within(\.data) } + [
      Setting(
        "components.count", \.components.count, "Number of filters", in: .from(1, to: 10_000)),
      Setting("components.epochs", \.components.epochs, "Iterations", in: .from(1, to: 10_000)),
      Setting("components.seed", \.components.seed, "Seed of the first filters"),
    ]
  }

  static let columns: [Column<Learner.Epoch>] = [
    Column("epoch", heading: "epoch") { Double($0.number) },
    Column("explained", heading: "explained", decimals: 3) { $0.explained },
  ]

  static let measures = [
    Measure.other(
      "explainedVariance", "explained variance", better: .more,
      meaning: "share of the patches’ energy that their codes hold")
  ]

  static func defaults(for kind: PatchKind) -> Self { Self() }

  var seed: UInt64 {
    get { components.seed }
    set { components.seed = newValue }
  }
  var latents: Int { components.count }
  var brief: MethodBrief { MethodBrief(constraint: "orthonormal", prior: "gaussian") }
  var cost: Double { Double(components.epochs * components.count * data.preparation.patches) }

  func header(pixels: Int, kind: PatchKind) -> String {
    "components    \(components.count) of \(pixels)"
  }

  func learner(on site: LearningSite, from checkpoint: Safetensors?) throws -> Learner {
    let pixels = site.data.preprocessing.pixels
    guard components.count <= pixels else {
      throw SettingError("components.count is \(components.count)", expected: "at most \(pixels)")
    }
    return try Learner(
      components, site.data.train,
      model: checkpoint.map { try model(from: $0, pixels: pixels) },
      lastEpoch: checkpoint.flatMap { $0.metadata["epoch"].flatMap(Int.init) } ?? 0)
  }

  func model(from file: Safetensors, pixels: Int) throws -> Model {
    guard let filters = file.tensors.first(where: { $0.name == "filters" }),
      filters.shape == [components.count, pixels]
    else { throw TensorMissing() }
    return Model(
      filters: Matrix(rows: components.count, columns: pixels, elements: filters.elements))
  }

  struct TensorMissing: Error, CustomStringConvertible {
    var description: String { "the tensor filters is missing, or of another size" }
  }

  /// Φ, whose rows are orthonormal.
  struct Model: LearnedModel {
    var filters: Matrix

    var tensors: [NamedTensor] {
      [
        NamedTensor(
          name: "filters", shape: [filters.rows, filters.columns], elements: filters.elements)
      ]
    }

    /// z = Φx
    func encoder(team: ThreadTeam) -> (Matrix) -> Matrix {
      { LinearAlgebra.product($0, filters, transposeB: true) }
    }

    func evaluation(on patches: Matrix, _ instruments: Instruments) -> FilterEvaluation {
      var evaluation = FilterEvaluation(of: self, on: patches, instruments)
      evaluation.others["explainedVariance"] = explained(patches)
      return evaluation
    }

    func explained(_ patches: Matrix) -> Double {
      func energy(_ matrix: Matrix) -> Double {
        matrix.elements.reduce(0) { $0 + Double($1) * Double($1) }
      }
      let codes = LinearAlgebra.product(patches, filters, transposeB: true)
      return energy(codes) / energy(patches)
    }
  }

  struct Learner: FilterLearner {
    struct Epoch: LearningEpoch {
      var number: Int
      var explained: Double
    }

    private let epochs: Int
    private let patches: Matrix
    private(set) var model: Model
    private(set) var lastEpoch: Int

    init(_ settings: Components, _ patches: Matrix, model: Model?, lastEpoch: Int) {
      epochs = settings.epochs
      self.patches = patches
      self.lastEpoch = lastEpoch
      var random = RandomStream(seed: settings.seed, purpose: .initialization)
      let count = settings.count * patches.columns
      self.model =
        model
        ?? Model(
          filters: orthonormalized(
            Matrix(
              rows: settings.count, columns: patches.columns,
              elements: (0..<count).map { _ in Float(random.normal()) })))
    }

    var progress: (done: Int, total: Int) { (lastEpoch, epochs) }

    var checkpoint: Safetensors {
      Safetensors(tensors: model.tensors, metadata: ["epoch": "\(lastEpoch)"])
    }

    mutating func learnEpoch(_ goesOn: (_ done: Int) -> Bool) -> Epoch? {
      let codes = LinearAlgebra.product(patches, model.filters, transposeB: true)
      model.filters = orthonormalized(LinearAlgebra.product(codes, patches, transposeA: true))
      lastEpoch += 1
      _ = goesOn(lastEpoch)
      return Epoch(number: lastEpoch, explained: model.explained(patches))
    }
  }
}

/// Gram and Schmidt's rows.
func orthonormalized(_ matrix: Matrix) -> Matrix {
  var rows = (0..<matrix.rows).map { matrix.row($0).map(Double.init) }
  for row in rows.indices {
    for earlier in 0..<row {
      let share = zip(rows[row], rows[earlier]).reduce(0) { $0 + $1.0 * $1.1 }
      for column in rows[row].indices { rows[row][column] -= share * rows[earlier][column] }
    }
    let norm = rows[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
    for column in rows[row].indices { rows[row][column] /= max(norm, .leastNormalMagnitude) }
  }
  return Matrix(
    rows: matrix.rows, columns: matrix.columns, elements: rows.flatMap { $0.map { Float($0) } })
}

LearningMethods.all.register(PrincipalComponents.self, as: PrincipalComponents.name)

let team = ThreadTeam(count: ThreadTeam.processorCount)
let place = FileManager.default.temporaryDirectory.appending(path: "svae-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: place) }
var method = PrincipalComponents()
method.data.preparation.patchSize = 8
method.data.preparation.patches = 2000
let data = try method.data.dataSet(team: team)

// A run that is stopped after two epochs, resumed, loaded and evaluated.
var observer = Run<PrincipalComponents>.Observer()
observer.step = { done, _ in done < 2 }
let run = try Run(new: method, at: place.appending(path: "run"), data: data, team: team)
_ = try run.run(observer)
let folder = try RunFolder(existing: place.appending(path: "run"))
let saved = try folder.configuration(of: PrincipalComponents.self)
_ = try Run(resuming: folder, saved, data: data, team: team).run()
print(Summary(try folder.finishedRun().evaluate(team: team)).table)

// Beside the sparse coding VAE in a study.
let text = """
  title: Principal components and a sparse coding VAE
  seeds: 2
  settings: {data: {patchSize: 8, patches: 2000}}
  conditions:
    - {name: components, method: principal-components}
    - name: svae
      settings: {model: {latents: 16, encoder: {trunk: [32]}}, training: {epochs: 2}}
  """
let file = place.appending(path: "study.yaml")
try Data(text.utf8).write(to: file)
let study = try StudyFile(file: file).study()
let results = try StudyFolder(for: study, at: place.appending(path: "study"))
_ = try StudyScheduler(study, in: results).run(StudyScheduler.Observer())
let outcome = try StudyOutcome(of: study, in: results, team: team)
try outcome.writeTables(to: results)
try StudyReport(outcome, in: results).write()
print(outcome.table.text)
let page = try String(contentsOf: results.reportFile, encoding: .utf8)
print("the report has explained variance: \(page.contains("explained variance"))")
