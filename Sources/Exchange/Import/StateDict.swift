import Distributions
import Foundation
import LatentVariableModels
import Learning

/// The parameters of a PyTorch module, by name, from a safetensors file.
struct StateDict {
  let file: URL
  let metadata: [String: String]
  /// What wrappers put before the names of the network's own tensors: "module.", "_orig_mod.module.";
  /// empty where the names begin with it, or none is known.
  let prefix: String
  private let tensors: [String: NamedTensor]

  /// - Throws: a `RunError` that names the file where it is damaged.
  init(contentsOf file: URL) throws {
    if let other = Self.otherFormat(of: file) {
      throw RunError(
        file: file, "is \(other), not a safetensors file",
        remedy: "in Python: safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")")
    }
    let content = try Safetensors(contentsOf: file)
    self.file = file
    metadata = content.metadata
    tensors = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
    prefix = Self.prefix(of: Set(tensors.keys).union(metadata.keys))
  }

  /// The tensor of that name, with or without the prefix. Where modules share one, the `safetensors`
  /// package writes it once, and the other names into the metadata.
  func tensor(_ name: String) -> NamedTensor? {
    for name in prefix.isEmpty ? [name] : [prefix + name, name] {
      if let tensor = tensors[name] ?? metadata[name].flatMap({ tensors[$0] }) { return tensor }
    }
    return nil
  }

  /// What stands before a name by which this network's decoder is known: before all its names, as
  /// `nn.DataParallel`, `torch.compile` and Lightning put it.
  private static func prefix(of names: Set<String>) -> String {
    let decoders = ["decoder.weight", "Phi.weight", "Phi.weight_v"]
    let prefixes = names.compactMap { name -> String? in
      guard let decoder = decoders.first(where: { name == $0 || name.hasSuffix("." + $0) }) else {
        return nil
      }
      return String(name.dropLast(decoder.count))
    }
    return prefixes.min { ($0.count, $0) < ($1.count, $1) } ?? ""
  }

  /// What a file that was not saved as safetensors is, by its first bytes; nil for all others.
  private static func otherFormat(of file: URL) -> String? {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
    defer { try? handle.close() }
    guard let start = try? handle.read(upToCount: 96), start.count > 8 else { return nil }
    // The header's brace, after its length of eight bytes.
    if start[start.startIndex + 8] == UInt8(ascii: "{") { return nil }
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      return start.range(of: Data(".npy".utf8)) != nil
        ? "an npz file of NumPy's" : "a zip archive, as torch.save writes"
    }
    if start.starts(with: [0x80, 0x02]) { return "a pickle, as torch.save wrote in old versions" }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "an HDF5 file, as Keras writes" }
    return nil
  }

  /// The tensor's only number; nil where it is missing, or is not a scalar.
  func number(_ name: String) -> Double? {
    tensor(name).flatMap { $0.elements.count == 1 ? Double($0.elements[0]) : nil }
  }

  /// All names of tensors, those of the metadata with them, with and without the prefix.
  var names: Set<String> {
    let aliases = metadata.filter { tensors[$0.value] != nil }.keys
    let all = Set(tensors.keys).union(aliases)
    return all.union(all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
  }

  /// The names of layers: of what has a weight, or is a matrix by itself.
  var layers: Set<String> {
    let endings = [".weight", ".weight_v", ".parametrizations.weight.original1"]
    return Set(
      names.map { name in
        endings.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
      })
  }

  /// A layer's weights, `[outputs, inputs]`: as they are or, under weight normalisation, g·v/‖v‖.
  func weight(of layer: String) -> NamedTensor? {
    if let weight = tensor("\(layer).weight") ?? tensor(layer) { return weight }
    let names = [
      (gain: "\(layer).weight_g", direction: "\(layer).weight_v"),
      (
        gain: "\(layer).parametrizations.weight.original0",
        direction: "\(layer).parametrizations.weight.original1"
      ),
    ]
    for name in names {
      if let gain = tensor(name.gain), let direction = tensor(name.direction) {
        return normalized(direction, gain: gain)
      }
    }
    return nil
  }

  func bias(of layer: String) -> NamedTensor? { tensor("\(layer).bias") }

  /// g·v/‖v‖ with the norm over the axis along which g has length 1; nil where the shapes differ.
  private func normalized(_ direction: NamedTensor, gain: NamedTensor) -> NamedTensor? {
    guard direction.shape.count == 2, gain.shape.count == 2 else { return nil }
    let (rows, columns) = (direction.shape[0], direction.shape[1])
    let isByRow = gain.shape == [rows, 1]
    guard isByRow || gain.shape == [1, columns] else { return nil }
    func group(_ index: Int) -> Int { isByRow ? index / columns : index % columns }
    var squares = [Double](repeating: 0, count: gain.elements.count)
    for (index, value) in direction.elements.enumerated() {
      squares[group(index)] += Double(value) * Double(value)
    }
    var result = direction
    for index in result.elements.indices {
      let scale = Double(gain.elements[group(index)]) / squares[group(index)].squareRoot()
      result.elements[index] = Float(Double(result.elements[index]) * scale)
    }
    return result
  }

  /// "fc1.weight [128, 144], fc1.bias [128], …"
  var inventory: String {
    let shown = 40
    let sorted = tensors.values.sorted { $0.name < $1.name }
    let list = sorted.prefix(shown).map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    return sorted.isEmpty
      ? "no tensors" : list + (sorted.count > shown ? " and \(sorted.count - shown) more" : "")
  }

  func error(_ problem: String, remedy: String) -> RunError {
    RunError(file: file, problem, remedy: remedy + ". Found: " + inventory)
  }

  /// The prior that the words "student-t degreesOfFreedom=3.0" of the metadata stand for.
  ///
  /// - Throws: a `RunError` where no such prior is known.
  func prior(_ words: String) throws -> (family: PriorFamily, shape: [String: Double]?) {
    let parts = words.split(separator: " ")
    var shape: [String: Double] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, let value = Double(pair[1]) else {
        throw error(
          "its prior is \"\(words)\"", remedy: "expected a name and numbers such as \(part)=1")
      }
      shape[String(pair[0])] = value
    }
    guard let family = PriorFamily(rawValue: parts.first.map(String.init) ?? "") else {
      throw error(
        "its prior is \"\(words)\"",
        remedy: "known are \(PriorFamily.allCases.map(\.rawValue).joined(separator: ", ")); "
          + "choose one with --prior")
    }
    return (family, shape.isEmpty ? nil : shape)
  }
}
