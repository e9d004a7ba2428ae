import Files
import Foundation
import ImageData
import Yams

/// A run's folder: what it was told, how it went, where it stands, what came of it.
public struct RunFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// Every setting, with comments.
  public var configurationFile: URL { url.appending(path: "config.yaml") }
  /// A row an epoch: see `LearningMethod.columns`.
  public var metricsFile: URL { url.appending(path: "metrics.csv") }
  /// The learned model's tensors.
  public var modelFile: URL { url.appending(path: "model.safetensors") }
  /// The filters as a mosaic.
  public var filtersPicture: URL { url.appending(path: "filters.png") }
  /// The course of learning.
  public var curvesPicture: URL { url.appending(path: "curves.png") }
  /// Version, machine and time; the last file, written at a run's end.
  public var environmentFile: URL { url.appending(path: "environment.json") }
  /// The newest states, to resume from.
  public var checkpoints: URL {
    url.appending(path: "checkpoints", directoryHint: .isDirectory)
  }

  /// A run that is there.
  ///
  /// - Throws: a `RunError` where it is not.
  public init(existing url: URL) throws {
    self.url = url
    try Self.requireText(url)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw RunError(file: url, "no such folder", remedy: "expected the folder of a run")
    }
    guard FileManager.default.fileExists(atPath: configurationFile.path) else {
      let parents = sequence(first: url.standardizedFileURL) { $0.deletingLastPathComponent() }
      let run = parents.prefix(3).dropFirst().first {
        FileManager.default.fileExists(atPath: RunFolder(url: $0).configurationFile.path)
      }
      let advice = Self.isStarted(url) ? nil : "nothing was trained here: start with --out"
      throw RunError(
        file: url, "is not a run folder (no config.yaml)",
        remedy: run.map { "it belongs to the run \($0.path)" } ?? advice)
    }
  }

  /// - Throws: a `RunError` where a run's folder has bytes in its path that are not UTF-8.
  static func requireText(_ url: URL) throws {
    guard SystemPath.isText(url.path) else {
      throw RunError(
        file: url, "is not UTF-8, as the path of a run must be",
        remedy: "rename the folder, or name another; data may lie anywhere")
    }
  }

  init(url: URL) { self.url = url }

  /// Whether the run came to its end: its model is there, and its last file.
  public var isFinished: Bool {
    [modelFile, environmentFile].allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The configuration that the run was made with, of whichever method.
  ///
  /// - Throws: a `RunError` where it cannot be read, or is of no known method.
  public func method() throws -> any LearningMethod {
    func configuration<Method: LearningMethod>(_ type: Method.Type) throws -> any LearningMethod {
      try self.configuration(of: type)
    }
    return try configuration(methodType())
  }

  /// The configuration that the run was made with.
  ///
  /// - Throws: a `RunError` where it cannot be read, or is another method's.
  public func configuration<Method: LearningMethod>(
    of type: Method.Type = SparseVAEConfiguration.self
  ) throws -> Method {
    let found = try methodType()
    guard found == type else {
      throw RunError(
        file: url, "is a run of \(found.command ?? found.name)",
        remedy: "expected one of \(type.command ?? type.name)")
    }
    return try Method(contentsOf: configurationFile)
  }

  /// The method whose sections the configuration has.
  private func methodType() throws -> any LearningMethod.Type {
    guard let text = try? String(contentsOf: configurationFile, encoding: .utf8),
      let keys = try? composedYAML(text, file: nil)?.mapping?.keys
    else { return SparseVAEConfiguration.self }
    do {
      return try LearningMethods.method(withSections: keys.compactMap(\.string))
    } catch {
      throw RunError(file: configurationFile, "\(error)")
    }
  }

  /// Writes the model with what new data needs to be treated alike.
  package func save(
    _ model: some LearnedModel, _ configuration: some LearningMethod,
    _ preprocessing: Preprocessing
  ) throws {
    try Safetensors(
      tensors: model.tensors,
      metadata: [
        "format": "pt", "preprocessing": String(decoding: json(preprocessing), as: UTF8.self),
        "configuration": configuration.yaml,
      ]
    ).write(to: modelFile)
  }

  /// The learned model, and how data is prepared for it.
  ///
  /// - Throws: a `RunError` where the run is not finished or is damaged.
  package func load<Method: LearningMethod>(
    _ configuration: Method
  ) throws -> (model: Method.Learner.Model, preprocessing: Preprocessing) {
    guard FileManager.default.fileExists(atPath: modelFile.path) else {
      throw RunError(
        file: modelFile, "does not exist: the run is not finished",
        remedy: Method.command.map { "finish it with \($0) --resume \(url.shellPath)" }
          ?? "resume it")
    }
    let file = try Safetensors(contentsOf: modelFile)
    if let text = file.metadata[Checkpoint.configuration] {
      try check(configuration, ofModel: Method(yaml: text, file: modelFile))
    }
    guard let text = file.metadata["preprocessing"],
      let preprocessing = try? JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    else {
      throw RunError(file: modelFile, "does not say how its data was prepared")
    }
    do {
      return (
        try configuration.model(from: file, pixels: preprocessing.pixels), preprocessing
      )
    } catch {
      throw RunError(file: modelFile, "\(error)", remedy: "config.yaml describes another model")
    }
  }
}

/// A value as JSON with sorted keys, for files that people read.
package func json(_ value: some Encodable, pretty: Bool = false) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting =
    pretty
    ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    : [.sortedKeys, .withoutEscapingSlashes]
  return try encoder.encode(value)
}
