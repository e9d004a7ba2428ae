import Filters
import Foundation
import TestSupport
import Testing

@testable import Learning
@testable import Studies

struct StudyFileTests {
  private func study(
    _ text: String, preset: String? = nil, _ settings: [String] = []
  ) throws -> Study {
    var options = StudyOptions()
    options.preset = preset
    options.settings = settings
    options.dataFolder = nil
    return try StudyFile(text: text, file: URL(filePath: "study.yaml")).study(options)
  }

  private let text = """
    title: Batches
    seeds: 3
    settings: {training: {epochs: 7, batchSize: 64}}
    conditions:
      - name: small
        settings: {training: {batchSize: 16}}
      - {name: large, seeds: [4, 9], settings: {training: {batchSize: 256}}}
    contrast: {from: small, to: large}
    presets:
      quick: {seeds: 1, settings: {training: {epochs: 2, batchSize: 8}}}
    """

  @Test func `conditions override the study, which overrides the defaults`() throws {
    let study = try study(text)
    #expect(study.conditions.map(\.configuration.svae?.training.batchSize) == [16, 256])
    #expect(study.conditions.map(\.configuration.svae?.training.epochs) == [7, 7])
    #expect(
      study.conditions.map(\.configuration.svae?.model)
        == Array(repeating: SparseVAEConfiguration.defaults(for: .cut).model, count: 2))
    #expect(study.conditions.map(\.seeds) == [[1, 2, 3], [4, 9]])
  }

  @Test func `a preset lies between the study and its conditions`() throws {
    let study = try study(text, preset: "quick")
    #expect(study.conditions.map(\.configuration.svae?.training.batchSize) == [16, 256])
    #expect(study.conditions.map(\.configuration.svae?.training.epochs) == [2, 2])
    #expect(study.conditions.map(\.seeds) == [[1], [1]])
  }

  @Test func `settings of the command line win over all others`() throws {
    let study = try study(text, ["training.batchSize=5"])
    #expect(study.conditions.map(\.configuration.svae?.training.batchSize) == [5, 5])
  }

  @Test func `settings for all count where a method has them`() throws {
    let text = """
      settings: {data: {patches: 300}, training: {epochs: 7}, sparseCoding: {lambda: 2}}
      conditions:
        - {name: model}
        - {name: dictionary, method: sparse-coding, settings: {sparseCoding: {atoms: 9}}}
      """
    let study = try study(text, ["training.epochs=8", "sparseCoding.gap=0.01"])
    let model = try #require(study.conditions[0].configuration.svae)
    let dictionary = try #require(study.conditions[1].configuration.sparseCoding)
    #expect(model.training.epochs == 8)
    #expect(dictionary.sparseCoding.lambda == 2)
    #expect(dictionary.sparseCoding.gap == 0.01)
    #expect(dictionary.latents == 9)
    // Both learn from the same patches.
    #expect(model.data == dictionary.data && model.data.preparation.patches == 300)
    let copy = try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study))
    #expect(copy == study)
  }

  @Test func `a setting that says nothing to any condition is refused`() throws {
    let error = #expect(throws: RunError.self) { try study(text, ["sparseCoding.lambda=2"]) }
    #expect(error?.description.contains("no condition of the study") == true)
    #expect(throws: RunError.self) { try study(text, ["trainning.epochs=2"]) }
  }

  @Test func `a grid is all combinations, after the conditions`() throws {
    let text = """
      settings: {training: {epochs: 3}}
      conditions: [{name: usual}]
      grid:
        model.latents: [36, 72]
        model.encoder.trunk: [[128], [64, 32]]
        model.noiseLogScale: [-1.5]
      contrast: {from: usual, to: latents-72-trunk-128-noiseLogScale--1.5}
      """
    let conditions = try study(text).conditions
    #expect(
      conditions.map(\.name) == ["usual"]
        + ["36-trunk-128", "36-trunk-64x32", "72-trunk-128", "72-trunk-64x32"].map {
          "latents-\($0)-noiseLogScale--1.5"
        })
    #expect(conditions[2].title == "latents 36, trunk 64,32, noiseLogScale -1.5")
    #expect(conditions[2].factor == "grid")
    let settings = try #require(conditions[2].configuration.svae)
    #expect(settings.model.latents == 36 && settings.model.encoder.trunk == [64, 32])
    #expect(settings.model.noiseLogScale == -1.5 && settings.training.epochs == 3)
    let dictionaries = try study("grid: {sparseCoding.lambda: [0.5, 1]}").conditions
    #expect(dictionaries.map(\.factor) == ["lambda", "lambda"])
    #expect(dictionaries.map { $0.configuration.sparseCoding?.sparseCoding.lambda } == [0.5, 1])
  }

  @Test func `the manual's study is one`() throws {
    let manual = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/Studies.md").standardizedFileURL
    let text = try String(contentsOf: manual, encoding: .utf8)
    let example = try #require(
      text.split(separator: "```yaml\n").last?.split(separator: "```").first)
    let data = "data: photos/"
    #expect(example.contains(data))
    let own = String(example).replacing(data, with: "otherwise: dead-leaves\n\(data)")
    let whole = try study(own)
    #expect(whole.conditions.map(\.name).prefix(3) == ["none", "unit-norm", "classical"])
    #expect(whole.conditions.count == 7 && whole.contrast?.measure == "activeFilters")
    #expect(whole.conditions.map(\.seeds.count) == [3, 3, 1, 3, 3, 3, 3])
    #expect(whole.conditions[3...4].allSatisfy { text.contains("`\($0.name)`") })
    let quick = try study(own, preset: "quick")
    #expect(quick.conditions.map(\.name) == ["none", "unit-norm", "latents-36-trunk-128"])
  }

  @Test func `a study survives being written and read`() throws {
    let study = try study(text)
    let copy = try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study))
    #expect(copy == study)
  }

  @Test(arguments: [
    ("titel: x", "study.yaml: line 1: titel is no key of a study"),
    ("conditions: []", "has no conditions"),
    ("conditions:\n  - {name: a}\n  - {name: a}", "line 3: there are two conditions a"),
    ("conditions: [{name: a, method: magic}]", "line 1: method is magic; expected one of svae"),
    (
      "conditions:\n  - {name: a, method: sparse-coding, settings: {model: {latents: 3}}}",
      "line 2: unknown setting model; expected one of data, sparseCoding"
    ),
    ("conditions: [{name: ../a}]", "a condition's name is \"../a\""),
    ("conditions: [{name: a, seeds: none}]", "line 1: seeds; expected their number"),
    ("conditions: [{name: a}]\ncontrast: {from: a, to: b}", "contrast: b is not a condition"),
    (
      "conditions: [{name: a}]\ncontrast: {from: a, to: a, measure: beauty}",
      "line 2: contrast: beauty is not a measure"
    ),
    (
      "conditions:\n  - name: a\n    settings: {model: {latnets: 3}}",
      "study.yaml: line 3: unknown setting model.latnets; did you mean model.latents?"
    ),
    ("conditions:\n  - {name: a, settings: {model: {latents: 0}}}", "condition a: model.latents"),
    ("data: nowhere\nconditions: [{name: a}]", "nowhere, was not found"),
    ("grid: {model.latents: 3}", "line 1: grid: model.latents is not a list of values"),
    ("grid:\n  model.latnets: [3]", "line 2: unknown setting model.latnets; did you mean"),
    ("grid: {model.latents: [3, 3]}", "there are two conditions latents-3"),
    ("grid: {model.latents: [0]}", "condition latents-0: model.latents is 0"),
    ("grid: [3]", "line 1: grid; expected settings with lists"),
    ("patches: some\nconditions: [{name: a}]", "patches is some; expected cut or whole"),
    ("patches: whole\nconditions: [{name: a}]", "dead leaves, generated: larger images"),
  ])
  func `mistakes are named with their place`(_ text: String, _ message: String) {
    let error = #expect(throws: RunError.self) { try study(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func `missing photographs are replaced by dead leaves, and it is said`() throws {
    let study = try study("data: nowhere\notherwise: dead-leaves\nconditions: [{name: a}]")
    #expect(study.conditions[0].configuration.method.data.source == nil)
    #expect(study.dataNote?.contains("not photographs") == true)
  }

  @Test func `the folder of data comes before what lies here`() throws {
    try withTemporaryFolder { folder in
      // Tests run in the package's folder, which has such a folder too.
      let sources = folder.appending(path: "Sources")
      try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
      _ = try TestDigits.write(to: sources)
      var options = StudyOptions()
      options.dataFolder = folder.path
      let file = try StudyFile(
        text: "data: Sources\npatches: whole\nconditions: [{name: a}]", file: nil)
      let source = try file.study(options).conditions[0].configuration.method.data.source
      #expect(source == sources.standardizedFileURL.path)
    }
  }

  @Test(arguments: ["quick", "constraints", "full", nil])
  func `the built-in study of photographs is in order`(_ preset: String?) throws {
    let study = try study(BuiltInStudy.natural.yaml, preset: preset)
    #expect(study.contrast == Study.Contrast(from: "none", to: "unit-norm", expects: .more))
    #expect(study.condition("none")?.configuration.svae?.model.constraint == .some(.none))
    #expect(study.condition("unit-norm")?.configuration.svae?.model.constraint == .unitNorm)
  }

  @Test(arguments: ["quick", "constraints", "full", nil])
  func `the built-in study of digits is in order`(_ preset: String?) throws {
    try withTemporaryFolder { folder in
      let data = try TestDigits.write(to: folder)
      var options = StudyOptions()
      options.preset = preset
      options.data = data.path
      let study = try BuiltInStudy.mnist.file().study(options)
      #expect(study.conditions.allSatisfy { ($0.configuration.svae?.model.priorScale ?? 1) > 0 })
      #expect(study.condition("unit-norm")?.configuration.svae?.model.latents == 400)
    }
  }
}
