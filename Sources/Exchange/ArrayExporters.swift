import Foundation
import ImageData
import Learning

/// safetensors: all tensors in PyTorch's names and layouts, and the words in the metadata.
public struct SafetensorsExporter: ModelExporter {
  public let name = "safetensors"

  /// The format; it has no settings.
  public init() {}

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    let content = try Safetensors(tensors: model.tensors, metadata: model.metadata).encoded()
    return [ExportedFile(url: place, content: content)]
  }
}

/// NumPy's npz: `filters` [latents, height, width], all tensors by their names, and the words as
/// text files.
public struct NPZExporter: ModelExporter {
  public let name = "npz"

  /// The format; it has no settings.
  public init() {}

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    let arrays = ([model.filterStack] + model.tensors).map { tensor in
      (name: tensor.name, array: NumPyArray(shape: tensor.shape, elements: tensor.elements))
    }
    let texts = model.words.map { (name: "\($0.name).txt", text: $0.text) }
    // The archive's writer needs a file: a temporary one, which is then read.
    let content = try bytes(
      writtenBy: { try NPZ().write(arrays, texts: texts, to: $0) }, ending: "npz")
    return [ExportedFile(url: place, content: content)]
  }
}

/// MATLAB's mat files of version 5: `filters` [latents, height, width], all tensors with `_` for
/// `.`, and the words as text.
public struct MATLABExporter: ModelExporter {
  public let name = "mat"

  /// The format; it has no settings.
  public init() {}

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    var variables: [(name: String, value: MATLABWriter.Value)] =
      ([model.filterStack] + model.tensors).map { tensor in
        let name = tensor.name.replacing(".", with: "_")
        return (name, .numbers(tensor.elements, shape: tensor.shape))
      }
    variables += model.words.map { ($0.name, .text($0.text)) }
    let content = try bytes(
      writtenBy: { try MATLABWriter.write(variables, to: $0) }, ending: "mat")
    return [ExportedFile(url: place, content: content)]
  }
}

/// TIFF: the filters as float32 pages, one a filter, as napari and ImageJ open stacks.
public struct TIFFExporter: ModelExporter {
  public let name = "tiff"

  /// The format; it has no settings.
  public init() {}

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    let content = try TIFFStack(
      pages: model.filters, height: model.preprocessing.patchHeight,
      width: model.preprocessing.patchWidth
    ).encoded(description: "svae: \(model.title)")
    return [ExportedFile(url: place, content: content)]
  }
}

/// What `write` puts into the file that it is given.
private func bytes(writtenBy write: (URL) throws -> Void, ending: String) throws -> Data {
  let file = FileManager.default.temporaryDirectory
    .appending(path: "svae-\(UUID().uuidString).\(ending)")
  defer { try? FileManager.default.removeItem(at: file) }
  try write(file)
  return try Data(contentsOf: file)
}
