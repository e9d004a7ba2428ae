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

  /// Makes a new run's folder and writes its configuration.
  ///
  /// - Throws: a `RunError` where something is there already: nothing is ever overwritten.
  public static func create(
    at url: URL, _ configuration: some Configuration
  ) throws -> RunFolder {
    try checkIsFree(url)
    let folder = RunFolder(url: url)
    do {
      try FileManager.default.createDirectory(
        at: folder.checkpoints, withIntermediateDirectories: true)
    } catch {
      throw RunError(file: url, "cannot be made: \(error.localizedDescription)")
    }
    try AtomicFile.write(Data(configuration.yaml.utf8), to: folder.configurationFile)
    return folder
  }

  /// - Throws: a `RunError` where there is anything but an empty folder at `url`.
  public static func checkIsFree(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw RunError(file: url, "is a file", remedy: "choose another name with --out")
    }
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? ["?"]
    if entries.isEmpty { return }
    if entries.contains("config.yaml") {
      throw RunError(
        file: url, "holds a run already",
        remedy: "resume it with --resume, or choose another name with --out")
    }
    throw RunError(
      file: url, "exists but is not a run folder", remedy: "choose another name with --out")
  }

  /// "runs/photos-1": the first free name for a run on this data.
  public static func freeName(for source: DataSource) -> String {
    let words = source.shortName.lowercased().split { !$0.isLetter && !$0.isNumber }
    let name = words.isEmpty ? "run" : words.joined(separator: "-")
    var number = 1
    while FileManager.default.fileExists(atPath: "runs/\(name)-\(number)") { number += 1 }
    return "runs/\(name)-\(number)"
  }

  /// A run that is there.
  ///
  /// - Throws: a `RunError` where it is not.
  public init(existing url: URL) throws {
    self.url = url
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw RunError(file: url, "no such folder", remedy: "expected the folder of a run")
    }
    guard FileManager.default.fileExists(atPath: configurationFile.path) else {
      throw RunError(file: url, "is not a run folder (no config.yaml)")
    }
  }

  private init(url: URL) { self.url = url }

  /// Whether the run came to its end: its last file is there.
  package var isFinished: Bool { FileManager.default.fileExists(atPath: environmentFile.path) }

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
        remedy: Method.command.map { "finish it with \($0) --resume \(url.relativePath)" }
          ?? "resume it")
    }
    let file = try Safetensors(contentsOf: modelFile)
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

extension DataSource {
  /// The folder's name or, for a single file, the file's without its extension.
  fileprivate var shortName: String {
    func stem(_ file: URL) -> String {
      String(file.lastPathComponent.prefix { $0 != "." })
    }
    switch self {
    case .synthetic: return "dead leaves"
    case .photographs(let files, _) where files.count == 1: return stem(files[0])
    case .photographs(_, let folder): return folder.lastPathComponent
    case .arrays(let training, let test, _):
      return test == nil
        ? stem(training) : training.deletingLastPathComponent().lastPathComponent
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
