import Compute
import Foundation
import LatentVariableModels

@testable import Learning

/// A network as published, of random weights and small widths, and what it computes, plainly.
struct PublishedModel {
  static let pixels = 16
  static let latents = 9
  static let layers = [
    ("fc1", 6, 16), ("fc21", 5, 6), ("fc22", 7, 6), ("fc31", 4, 5), ("fc32", 8, 7),
    ("fc41", 9, 4), ("fc42", 9, 8), ("Phi", 16, 9),
  ]

  var tensors: [String: NamedTensor] = [:]
  var metadata: [String: String] = [:]

  init() {
    var random = RandomStream(seed: 11, purpose: .initialization)
    for (name, outputs, inputs) in Self.layers {
      add("\(name).weight", [outputs, inputs]) {
        Float(random.normal() / Double(inputs).squareRoot())
      }
      add("\(name).bias", [outputs]) { Float(random.normal()) }
    }
  }

  mutating func add(_ name: String, _ shape: [Int], _ element: () -> Float) {
    tensors[name] = NamedTensor(
      name: name, shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in element() })
  }

  mutating func rename(_ name: String, _ new: String) {
    guard var tensor = tensors.removeValue(forKey: name) else { return }
    tensor.name = new
    tensors[new] = tensor
  }

  func write(to file: URL) throws {
    try Safetensors(
      tensors: tensors.values.sorted { $0.name < $1.name }, metadata: metadata
    ).write(to: file)
  }

  /// Patches of random numbers, `[rows, pixels]`.
  static func patches(_ rows: Int) -> Matrix {
    var random = RandomStream(seed: 12, purpose: .evaluation)
    return Matrix(
      rows: rows, columns: pixels,
      elements: (0..<rows * pixels).map { _ in Float(random.normal()) })
  }

  /// μ and ℓ, `[rows, latents]`.
  func encode(_ patches: Matrix) -> (mean: [Double], logScale: [Double]) {
    var (means, logScales): ([Double], [Double]) = ([], [])
    for row in 0..<patches.rows {
      let h = linear("fc1", patches.row(row).map(Double.init)).map { max(0, $0) }
      func head(_ number: Int) -> [Double] {
        let h2 = linear("fc2\(number)", h).map { max(0, $0) }
        let h3 = linear("fc3\(number)", h2).map { max(0, $0) }
        return linear("fc4\(number)", h3)
      }
      means += head(1)
      logScales += head(2)
    }
    return (means, logScales)
  }

  /// Wx + b
  func linear(_ layer: String, _ x: [Double]) -> [Double] {
    guard let weight = tensors["\(layer).weight"], let bias = tensors["\(layer).bias"] else {
      return []
    }
    return bias.elements.indices.map { output in
      x.indices.reduce(Double(bias.elements[output])) {
        $0 + Double(weight.elements[output * x.count + $1]) * x[$1]
      }
    }
  }
}
