import LatentVariableModels
import Learning

/// A state dict's layers, checked against each other, as this package's tensors.
struct ImportedNetwork {
  /// D
  let pixels: Int
  /// K
  let latents: Int
  let encoder: SparseVAEConfiguration.EncoderSettings
  /// Of the encoder and the decoder, by the names of `SparseVAE.namedTensors`.
  private(set) var tensors: [NamedTensor] = []

  /// - Throws: a `RunError` that names the tensor that is missing, of another shape, or holds a
  ///   number that is not finite, and lists what there is.
  init(_ dict: StateDict, _ layout: StateDictLayout) throws {
    let (stems, heads) = (layout.trunk, (layout.mean, layout.logScale))
    let first = stems.first ?? heads.0[0]
    pixels = try Self.weight(dict, first, inputs: nil, "pixels").shape[1]
    var layers: [(own: String, theirs: String, inputs: Int, from: String)] = []
    var last = (width: pixels, name: "\(pixels) pixels")
    var widths: [[Int]] = []
    func walk(_ names: [String], own: [String], from start: (width: Int, name: String)) throws {
      var (last, walked) = (start, [Int]())
      for (theirs, own) in zip(names, own) {
        let weight = try Self.weight(dict, theirs, inputs: last.width, last.name)
        layers.append((own, theirs, last.width, last.name))
        last = (weight.shape[0], "the \(weight.shape[0]) outputs of \(theirs)")
        walked.append(weight.shape[0])
      }
      widths.append(walked)
    }
    let isTrunk = heads.0.count == 1
    func numbered(_ name: String, _ count: Int) -> [String] {
      isTrunk && name != "trunk"
        ? ["encoder.\(name)"] : (0..<count).map { "encoder.\(name).\($0)" }
    }
    try walk(stems, own: numbered("trunk", stems.count), from: last)
    if let width = widths[0].last, let name = stems.last {
      last = (width, "the \(width) outputs of \(name)")
    }
    try walk(heads.0, own: numbered("mean", heads.0.count), from: last)
    try walk(heads.1, own: numbered("log_scale", heads.1.count), from: last)
    latents = widths[1][widths[1].count - 1]
    let logScales = widths[2][widths[2].count - 1]
    guard logScales == latents else {
      throw dict.error(
        "\(heads.0[heads.0.count - 1]) has \(latents) outputs, \(heads.1[heads.1.count - 1]) "
          + "\(logScales)", remedy: "expected a mean and a log scale for each latent")
    }
    encoder = .init(
      trunk: widths[0], mean: Array(widths[1].dropLast()), logScale: Array(widths[2].dropLast()))

    for layer in layers {
      var weight = try Self.weight(dict, layer.theirs, inputs: layer.inputs, layer.from)
      let outputs = weight.shape[0]
      guard var bias = dict.bias(of: layer.theirs), bias.shape == [outputs] else {
        throw dict.error(
          dict.bias(of: layer.theirs).map { "\(layer.theirs).bias has shape \($0.shape)" }
            ?? "has no \(layer.theirs).bias", remedy: "expected \(layer.theirs).bias [\(outputs)]")
      }
      (weight.name, bias.name) = ("\(layer.own).weight", "\(layer.own).bias")
      tensors += [weight, bias]
    }
    tensors += try Self.decoder(dict, layout.decoder, pixels: pixels, latents: latents)
    for tensor in tensors {
      if let place = tensor.elements.firstIndex(where: { !$0.isFinite }) {
        throw dict.error(
          "holds \(tensor.elements[place]) among the weights of \(tensor.name)",
          remedy: "expected finite numbers: did the training diverge?")
      }
    }
  }

  /// A layer's weights, as many columns as `inputs` says, where it does.
  private static func weight(
    _ dict: StateDict, _ layer: String, inputs: Int?, _ source: String
  ) throws -> NamedTensor {
    let expected = "expected \(layer).weight [outputs, \(inputs.map(String.init) ?? source)]"
    guard let weight = dict.weight(of: layer) else {
      throw dict.error("has no \(layer).weight", remedy: expected)
    }
    guard weight.shape.count == 2, weight.shape.allSatisfy({ $0 > 0 }),
      inputs.map({ $0 == weight.shape[1] }) ?? true
    else {
      throw dict.error(
        "\(layer).weight has shape \(weight.shape)",
        remedy: expected + (inputs == nil ? "" : ", for \(source)"))
    }
    return weight
  }

  /// `decoder.weight` [pixels, latents], as `nn.Linear` has it, and `decoder.bias`, zeros where
  /// there is none. Filters as rows, [latents, pixels], are taken too where that is no square.
  private static func decoder(
    _ dict: StateDict, _ layer: String, pixels: Int, latents: Int
  ) throws -> [NamedTensor] {
    let expected = "expected \(layer).weight [\(pixels), \(latents)], pixels by latents"
    guard var weight = dict.weight(of: layer) else {
      throw dict.error("has no \(layer).weight", remedy: expected)
    }
    if weight.shape == [latents, pixels], pixels != latents {
      let rows = weight.elements
      weight.shape = [pixels, latents]
      for pixel in 0..<pixels {
        for latent in 0..<latents {
          weight.elements[pixel * latents + latent] = rows[latent * pixels + pixel]
        }
      }
    }
    guard weight.shape == [pixels, latents] else {
      throw dict.error("\(layer).weight has shape \(weight.shape)", remedy: expected)
    }
    var bias =
      dict.bias(of: layer)
      ?? NamedTensor(name: "", shape: [pixels], elements: [Float](repeating: 0, count: pixels))
    guard bias.shape == [pixels] else {
      throw dict.error(
        "\(layer).bias has shape \(bias.shape)", remedy: "expected \(layer).bias [\(pixels)]")
    }
    (weight.name, bias.name) = ("decoder.weight", "decoder.bias")
    return [weight, bias]
  }
}
