import Foundation
import TestSupport
import Testing

/// Scripts read JSON by its keys and CSV files by their columns: both are contracts.
@Suite struct NamesTests {
  /// A study of three runs that takes a second.
  private static let study = """
    title: Tiny
    data: \(SmallPictures.file.path)
    seeds: 1
    settings:
      data: {patches: 512, heldOutPatches: 128, patchSize: 8}
      model: {latents: 12, encoder: {trunk: [16]}}
      training: {epochs: 2}
    conditions:
      - {name: none, settings: {model: {constraint: none}}}
      - {name: svae}
      - name: sparse-coding
        method: sparse-coding
        settings: {sparseCoding: {atoms: 12, updates: 30, batchSize: 50}}
    contrast: {from: none, to: svae}
    """

  private static func reference() throws -> [String: [String]] {
    let file = try #require(Bundle.module.resourceURL).appending(path: "Reference/names.json")
    return try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: file))
  }

  private static func object(_ json: Data) throws -> Any {
    try JSONSerialization.jsonObject(with: json)
  }

  private static func keys(_ object: Any?) throws -> [String] {
    try #require(object as? [String: Any]).keys.sorted()
  }

  private static func columns(_ file: URL) throws -> [String] {
    let text = try String(contentsOf: file, encoding: .utf8)
    return try #require(text.split(separator: "\n").first).split(separator: ",").map(String.init)
  }

  @Test func `JSON keys and CSV columns are those that scripts rely on`() throws {
    try withTemporaryFolder { folder in
      func svae(_ arguments: String...) throws -> Data {
        let result = try SvaeCommand.run(arguments + ["-q"], in: folder)
        #expect(result.status == 0, "\(result.messages)")
        return Data(result.output.utf8)
      }
      try Data(Self.study.utf8).write(to: folder.appending(path: "tiny.yaml"))
      _ = try svae("reproduce", "tiny.yaml", "--out", "study")
      let study = folder.appending(path: "study")
      var names: [String: [String]] = [:]
      for method in ["svae", "sparse-coding"] {
        let run = "study/runs/\(method)-seed-1"
        names["evaluate --json, \(method)"] = try Self.keys(
          Self.object(svae("evaluate", run, "--json")))
        names["metrics.csv, \(method)"] = try Self.columns(
          folder.appending(path: "\(run)/metrics.csv"))
        _ = try svae("export", run, "--out", "filters.csv")
        names["export csv, \(method)"] = try Self.columns(folder.appending(path: "filters.csv"))
        let record = try Self.object(
          Data(contentsOf: folder.appending(path: "\(run)/evaluation.json")))
        names["evaluation.json summary, \(method)"] = try Self.keys(
          #require(record as? [String: Any])["summary"])
      }
      let compared = try Self.object(
        svae("compare", "study/runs/svae-seed-1", "study/runs/sparse-coding-seed-1", "--json"))
      let runs = try #require(compared as? [String: Any])["runs"]
      names["compare --json"] = try Self.keys((runs as? [Any])?.first)
      let table = try Self.object(Data(contentsOf: study.appending(path: "table.json")))
      names["table.json"] = try Self.keys((table as? [Any])?.first)
      names["table.csv"] = try Self.columns(study.appending(path: "table.csv"))
      names["runs.csv"] = try Self.columns(study.appending(path: "runs.csv"))
      let contrast = try Self.object(Data(contentsOf: study.appending(path: "contrast.json")))
      names["contrast.json"] = try Self.keys(contrast)
      names["contrast.json, measures"] = try Self.keys(
        #require(contrast as? [String: Any])["measures"])

      let reference = try Self.reference()
      #expect(Set(names.keys) == Set(reference.keys))
      for (place, expected) in reference { #expect(names[place] == expected, "\(place)") }
    }
  }
}
