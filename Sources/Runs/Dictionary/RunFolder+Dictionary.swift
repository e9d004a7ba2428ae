import Compute
import Foundation
import ImageData
import SparseCoding
import SparseCodingVAE
import Yams

extension RunFolder {
  /// Whether this is a dictionary's run rather than a model's: its configuration has the key
  /// `sparseCoding`.
  public var isDictionary: Bool {
    guard let text = try? String(contentsOf: configurationFile, encoding: .utf8),
      let keys = try? Yams.compose(yaml: text)?.mapping?.keys
    else { return false }
    return keys.contains { $0.string == "sparseCoding" }
  }

  /// The configuration that the dictionary was learned with.
  ///
  /// - Throws: a `RunError` where it cannot be read, or is a model's.
  public func dictionaryConfiguration() throws -> DictionaryConfiguration {
    if !isDictionary {
      throw RunError(
        file: url, "is no dictionary", remedy: "expected a run of svae sparse-code train")
    }
    return try DictionaryConfiguration(contentsOf: configurationFile)
  }

  /// Writes the dictionary, as `decoder.weight` [pixels, atoms], with what new data needs to be
  /// treated alike.
  func save(_ dictionary: Matrix, _ preprocessing: Preprocessing) throws {
    let weight = dictionary.transposed
    try Safetensors(
      tensors: [
        NamedTensor(
          name: "decoder.weight", shape: [weight.rows, weight.columns], elements: weight.elements)
      ],
      metadata: [
        "format": "pt", "preprocessing": String(decoding: json(preprocessing), as: UTF8.self),
        "configuration": try dictionaryConfiguration().yaml,
      ]
    ).write(to: modelFile)
  }

  /// The learned dictionary, `[atoms, pixels]`, and how data is prepared for it.
  public func loadDictionary() throws -> (dictionary: Matrix, preprocessing: Preprocessing) {
    guard FileManager.default.fileExists(atPath: modelFile.path) else {
      throw RunError(
        file: modelFile, "does not exist: the run is not finished",
        remedy: "finish it with svae sparse-code train --resume \(url.relativePath)")
    }
    let file = try Safetensors(contentsOf: modelFile)
    guard let text = file.metadata["preprocessing"],
      let preprocessing = try? JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    else {
      throw RunError(file: modelFile, "does not say how its data was prepared")
    }
    let shape = [preprocessing.pixels, try dictionaryConfiguration().sparseCoding.atoms]
    guard let weight = file.tensors.first(where: { $0.name == "decoder.weight" }),
      weight.shape == shape
    else {
      throw RunError(
        file: modelFile, "has no dictionary of its run's size",
        remedy: "expected decoder.weight, \(shape)")
    }
    let filters = Matrix(rows: shape[0], columns: shape[1], elements: weight.elements).transposed
    return (filters, preprocessing)
  }
}
