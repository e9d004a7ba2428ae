import Compute
import Files
import Foundation
import Learning

/// A file format in which a learned model leaves for other software.
///
/// A new one is a file beside this one and an entry in `ModelExporters.all`.
public protocol ModelExporter: Sendable {
  /// What `svae export --to` calls it, which is also the ending of its files.
  var name: String { get }

  /// The files to write, whole.
  ///
  /// - Parameter place: where the user wants the file; a format of several files names the others
  ///   after it.
  /// - Throws: a `RunError` where the format cannot hold such a model, or what it needs is missing.
  func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile]
}

/// A file that is to be written.
public struct ExportedFile: Sendable {
  /// Where it goes.
  public var url: URL
  /// All its bytes.
  public var content: Data
}

/// What an export can be told besides its format.
public struct ExportOptions: Sendable {
  /// For formats with measures: data to measure on; nil is the run's own test split.
  public var data: String?
  /// For networks: whether they take patches that are whitened and scaled already, as
  /// `svae encode --treated` does.
  public var isTreated: Bool
  /// The threads that measure.
  public var team: ThreadTeam

  /// By default the run's own data, and patches as they come from images.
  public init(data: String? = nil, isTreated: Bool = false, team: ThreadTeam) {
    self.data = data
    self.isTreated = isTreated
    self.team = team
  }
}

/// The formats that models leave in.
public enum ModelExporters {
  /// A new format is one more entry.
  public static let all: [any ModelExporter] = [
    SafetensorsExporter(), NPZExporter(), MATLABExporter(), TIFFExporter(), FilterTableExporter(),
    ONNXExporter(),
  ]

  /// "safetensors, npz, mat, tiff, csv, onnx"
  public static var names: String { all.map(\.name).joined(separator: ", ") }

  /// The format of that name, or nil.
  public static func named(_ name: String) -> (any ModelExporter)? {
    let name = name.lowercased()
    return all.first { $0.name == (name == "tif" ? "tiff" : name) }
  }

  /// The format that a file's ending tells, or nil.
  public static func forFile(_ file: String) -> (any ModelExporter)? {
    named(URL(filePath: file).pathExtension)
  }
}

extension ExportedModel {
  /// Writes the model's files, each whole or not at all.
  ///
  /// - Returns: their places.
  /// - Throws: a `RunError`; nothing was written then, unless a disk filled up between two files.
  public func write(
    as exporter: any ModelExporter, to place: URL, _ options: ExportOptions
  ) throws -> [URL] {
    let files = try exporter.files(of: self, at: place, options)
    for file in files { try AtomicFile.write(file.content, to: file.url) }
    return files.map(\.url)
  }
}
