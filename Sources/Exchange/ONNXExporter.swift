import Foundation
import ImageData
import LatentVariableModels
import Learning

/// ONNX: the recognition network in one file, the decoder in another.
///
/// Two files, because a runtime wants every input of a file before it computes any output. `m.onnx`
/// is the encoder, `patch` → `mean`, `log_scale`, and `m.decoder.onnx` beside it the decoder,
/// `z` → `x`; of a structured posterior the encoder gives `mean` and `prior_variance`, of a spike and slab
/// the codes' means alone. In a folder they are `encoder.onnx` and `decoder.onnx`.
public struct ONNXExporter: ModelExporter {
  public let name = "onnx"

  public func files(
    of model: ExportedModel, at place: URL, _ options: ExportOptions
  ) throws -> [ExportedFile] {
    guard let network = model.learned as? SparseVAE else {
      throw RunError(
        file: model.folder.url,
        "has no recognition network: its codes come from an optimisation, which ONNX cannot hold",
        remedy: "export the filters, as safetensors, npz, mat, tiff or csv")
    }
    if let problem = network.obstacleToONNX {
      throw RunError(
        file: model.folder.url, problem,
        remedy: "take the means from svae encode, or export the parameters, as safetensors, npz or "
          + "mat")
    }
    let places = Self.places(for: place)
    return [
      ExportedFile(
        url: places.encoder,
        content: encoder(network, model.preprocessing, isTreated: options.isTreated)
          .encoded(metadata: model.metadata)),
      ExportedFile(
        url: places.decoder,
        content: decoder(network, model.preprocessing).encoded(metadata: model.metadata)),
    ]
  }

  private static func places(for place: URL) -> (encoder: URL, decoder: URL) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
    if exists && isFolder.boolValue {
      return (place.appending(path: "encoder.onnx"), place.appending(path: "decoder.onnx"))
    }
    let path = place.relativePath
    let stem = path.hasSuffix(".onnx") ? String(path.dropLast(5)) : path
    return (place, URL(filePath: stem + ".decoder.onnx"))
  }

  /// `patch` [batch, pixels] → `mean`, `log_scale` [batch, latents].
  private func encoder(
    _ model: SparseVAE, _ preprocessing: Preprocessing, isTreated: Bool
  ) -> ONNXGraph {
    let (pixels, latents) = (model.configuration.pixels, model.configuration.latents)
    let before =
      isTreated
      ? "whitened and scaled already, as the training data was (svae encode --treated)"
      : preprocessing.whitening == .olshausenField
        ? "cut from whitened images, not yet scaled (svae encode)" : "as cut (svae encode)"
    var graph = ONNXGraph(
      name: "encoder",
      documentation: "The recognition network of a sparse coding VAE: patches of "
        + "\(preprocessing.patchText), row after row, to "
        + "the \(model.configuration.posterior.rawValue) posteriors of \(latents) latents.")
    graph.input("patch", width: pixels, documentation: "Patches, one a row, \(before).")
    let own = model.headsOfMeans
    graph.output(
      "mean", width: latents,
      documentation: "The posteriors' means"
        + (own == nil ? "." : ": where codes can be exactly zero or whole counts, their averages."))
    let isStructured = model.configuration.posterior == .structured
    if isStructured {
      graph.output(
        "prior_variance", width: latents,
        documentation: "c, of the posteriors' precisions ΦΦᵀ/σ² + diag(1/c).")
    } else if own == nil {
      graph.output(
        "log_scale", width: latents,
        documentation: "Natural logarithms of the posteriors' scales.")
    }
    for tensor in model.namedTensors where tensor.name.hasPrefix("encoder.") {
      if own?.contains("log_scale") == false, tensor.name.hasPrefix("encoder.log_scale.") {
        continue
      }
      graph.constant(tensor)
    }

    let patch = isTreated ? "patch" : graph.treat("patch", by: preprocessing)
    let heads =
      own?.map { (name: $0, output: "head.\($0)") }
      ?? [("mean", isStructured ? "head.mean" : "mean"), ("log_scale", "log_scale.unbounded")]
    graph.encode(patch, to: heads, of: model)
    if own != nil {
      graph.mean(of: model)
      return graph
    }
    let range = model.configuration.logScaleRange
    graph.constant("log_scale.least", range.lowerBound)
    graph.constant("log_scale.greatest", range.upperBound)
    graph.apply(
      "Clip", ["log_scale.unbounded", "log_scale.least", "log_scale.greatest"], to: "log_scale")
    if isStructured { graph.condition(on: patch, of: model) }
    return graph
  }

  /// `z` [batch, latents] → `x` [batch, pixels].
  private func decoder(_ model: SparseVAE, _ preprocessing: Preprocessing) -> ONNXGraph {
    let (pixels, latents) = (model.configuration.pixels, model.configuration.latents)
    var graph = ONNXGraph(
      name: "decoder",
      documentation: "The decoder of a sparse coding VAE, x = Φᵀz + b: \(latents) latents to "
        + "whitened patches of \(preprocessing.patchText).")
    graph.input("z", width: latents, documentation: "Codes, one a row.")
    graph.output("x", width: pixels, documentation: "Patches as the model sees them, one a row.")
    for tensor in model.namedTensors
    where tensor.name.hasPrefix("decoder.") { graph.constant(tensor) }
    graph.linear("z", weight: "decoder.weight", bias: "decoder.bias", to: "x")
    return graph
  }
}

extension ONNXGraph {
  /// The encoder's layers, from patches to heads.
  fileprivate mutating func encode(
    _ patch: String, to heads: [(name: String, output: String)], of model: SparseVAE
  ) {
    func linear(_ name: String, _ input: String, to output: String) {
      self.linear(input, weight: "\(name).weight", bias: "\(name).bias", to: output)
    }
    var done: Set<String> = []
    for (name, output) in heads {
      let layers = model.encoderLayers(
        toHead: model.parts.latents.heads.firstIndex(of: name) ?? 0)
      for (index, layer) in layers.enumerated() where done.insert(layer.name).inserted {
        let input = layer.input.map { "\($0).output" } ?? patch
        if layer.isRectified {
          linear(layer.name, input, to: "\(layer.name).sum")
          apply("Relu", ["\(layer.name).sum"], to: "\(layer.name).output")
        } else {
          linear(layer.name, input, to: index == layers.count - 1 ? output : "\(layer.name).output")
        }
      }
    }
  }

  /// Treats patches as the training data was treated, step by step as in `Preprocessing.apply`.
  ///
  /// - Returns: the name of the treated patches.
  fileprivate mutating func treat(_ patch: String, by preprocessing: Preprocessing) -> String {
    let tensors = preprocessing.namedTensors
    func add(_ name: String) -> String? {
      tensors.first { $0.name == name }.map {
        constant($0)
        return name
      }
    }
    var last = patch
    if preprocessing.removesPatchMean && preprocessing.colour == nil {
      apply(
        "ReduceMean", [last], to: "patch.mean",
        [("axes", .integers([1])), ("keepdims", .integer(1))])
      apply("Sub", [last, "patch.mean"], to: "patch.centred")
      last = "patch.centred"
    }
    if preprocessing.mean != nil, let mean = add("whitening.mean") {
      apply("Sub", [last, mean], to: "patch.shifted")
      last = "patch.shifted"
    }
    if let matrix = add("whitening.matrix") {
      apply("Gemm", [last, matrix], to: "patch.whitened", [("transB", .integer(1))])
      last = "patch.whitened"
    }
    if let scale = add("whitening.scale") {
      apply("Mul", [last, scale], to: "patch.treated")
      last = "patch.treated"
    }
    return last
  }
}
