import Foundation
import ImageData
import Testing

@testable import Learning

/// The tables of settings are whole: every property has a key, and every key is taken.
@Suite struct SettingTableTests {
  /// The keys of what a configuration is coded as, where no optional is nil.
  private func keys(_ value: Any, below path: String = "") -> [String] {
    guard let object = value as? [String: Any], !object.isEmpty else { return [path] }
    return object.flatMap { keys($0.value, below: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  /// A configuration in which no optional is nil.
  private func filled<Content: Configuration>() -> Content {
    var configuration = Content.defaults(for: .cut).resolved(for: .cut)
    configuration.data.source = "photos"
    configuration.data.preparation.variable = "x"
    configuration.data.preparation.imageAxis = .first
    configuration.data.preparation.patchHeight = 1
    configuration.data.preparation.largestImage = 1
    configuration.data.preparation.memory = 1
    return configuration
  }

  private func expectEveryProperty<Content: Configuration>(of configuration: Content) throws {
    let coded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(configuration))
    #expect(keys(coded).sorted() == Content.settings.map(\.key).sorted())
  }

  @Test func `every stored property of a configuration has a key`() throws {
    var model: SparseVAEConfiguration = filled()
    model.training.clippingNorm = 1
    model.model.initFrom = "runs/1"
    model.model.priorShape = [:]
    model.model.constraintSettings = [:]
    try expectEveryProperty(of: model)
    try expectEveryProperty(of: filled() as DictionaryConfiguration)
  }

  private func expectDefaultsAreTaken<Content: Configuration>(_: Content.Type) throws {
    for row in SettingTable(Content.self).rows {
      for (kind, text) in [(PatchKind.cut, row.photographs), (.whole, row.smallImages)] {
        var changes = SettingChanges<Content>()
        try changes.add(setting: "\(row.key)=\(text)")
        let defaults = Content.defaults(for: kind).resolved(for: kind)
        #expect(changes.applied(to: defaults) == defaults, "\(row.key)=\(text)")
      }
      #expect(!row.meaning.isEmpty && !row.meaning.hasSuffix("."), "\(row.key)")
      #expect(!row.expected.isEmpty, "\(row.key)")
    }
  }

  @Test func `every setting takes its own default`() throws {
    try expectDefaultsAreTaken(SparseVAEConfiguration.self)
    try expectDefaultsAreTaken(DictionaryConfiguration.self)
  }

  private func expectDefaultsAreValid<Content: Configuration>(_: Content.Type) throws {
    try Content().validate()
    for kind in [PatchKind.cut, .whole] {
      try Content.defaults(for: kind).validate()
      try Content.defaults(for: kind).resolved(for: kind).validate()
    }
  }

  @Test func `defaults are in their ranges`() throws {
    try expectDefaultsAreValid(SparseVAEConfiguration.self)
    try expectDefaultsAreValid(DictionaryConfiguration.self)
  }

  @Test func `a file tells each setting's meaning and range before its value`() {
    let text = SparseVAEConfiguration().yaml
    #expect(
      text.contains(
        """
          # Number of latents, and of filters (from 1 to 1,000,000)
          latents: 169
          encoder:
            # Widths of the encoder's layers (widths from 1 to 65,536)
            trunk: [512, 512]
        """))
    #expect(text.contains("(more than 0; null: not limited)\n  clippingNorm: null\n"))
  }

  @Test func `the table names both kinds' defaults, in columns`() throws {
    let table = SettingTable(SparseVAEConfiguration.self)
    let row = try #require(table.rows.first { $0.key == "model.latents" })
    #expect(row.photographs == "169" && row.smallImages == "400")
    let lines = table.text.split(separator: "\n")
    try #require(lines.count == table.rows.count + 1)
    // The last column begins at the same place in each line.
    let title = try #require(lines[0].range(of: "meaning"))
    let column = lines[0].distance(from: lines[0].startIndex, to: title.lowerBound)
    for line in lines.map(Array.init) {
      #expect(line[column - 1] == " " && line[column] != " ", "\(String(line))")
    }
    let rows = try JSONDecoder().decode([SettingTable.Row].self, from: Data(table.json().utf8))
    #expect(rows == table.rows)
  }
}
