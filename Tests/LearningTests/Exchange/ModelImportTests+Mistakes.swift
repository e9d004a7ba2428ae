import Compute
import Distributions
import Filters
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

/// What is wrong with a file is said.
extension ModelImportTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout PublishedModel) -> Void
    var message: [String]

    init(
      _ name: String, _ message: String...,
      change: @escaping @Sendable (inout PublishedModel) -> Void
    ) {
      (testDescription, self.message, self.change) = (name, message, change)
    }

    static func shape(_ name: String, _ shape: [Int], _ message: String...) -> Mistake {
      var mistake = Mistake("\(name) \(shape)") { $0.add(name, shape) { 0.5 } }
      mistake.message = message
      return mistake
    }
  }

  static let mistakes = [
    Mistake("no tensors", "by the names of the published SVAE", "Found: no tensors") {
      $0.tensors = [:]
    },
    Mistake("other names", "expected fc1, fc21,", "--layer", "Found: Phi.bias [16]") { model in
      for name in model.tensors.keys where name.hasPrefix("fc") { model.rename(name, "x\(name)") }
    },
    Mistake("no branch", "has no fc22; expected the layers fc1, fc21, ", "Found:") {
      $0.tensors["fc22.weight"] = nil
    },
    Mistake("no Phi", "has no Phi; expected the layers fc1") { $0.tensors["Phi.weight"] = nil },
    Mistake("no bias", "has no fc31.bias; expected fc31.bias [4]") {
      $0.tensors["fc31.bias"] = nil
    },
    Mistake("a decoder of two layers", "has a layer fc5 after its branches fc21, fc22") {
      $0.add("fc5.weight", [9, 9]) { 1 }
    },
    Mistake("NaN", "holds nan among the weights of encoder.mean.1.weight") {
      $0.tensors["fc31.weight"]?.elements[7] = .nan
    },
    Mistake("infinite", "holds -inf among the weights of decoder.bias") {
      $0.tensors["Phi.bias"]?.elements[0] = -.infinity
    },
    Mistake("an unknown prior", "its prior is number 9.0; known are 1 to 4, gaussian, laplace") {
      $0.add("prior", []) { 9 }
    },
    Mistake("no noise", "its noise has the scale 0.0; expected more than 0") {
      $0.add("likelihood_scale", []) { 0 }
    },
    Mistake("a negative prior scale", "model.priorScale is -1") {
      $0.add("prior_scale", []) { -1 }
    },
    .shape("fc31.weight", [4, 6], "has shape [4, 6]", "[outputs, 5]", "5 outputs of fc21"),
    .shape("fc1.weight", [16], "fc1.weight has shape [16]; expected fc1.weight [outputs, pixels]"),
    .shape("fc1.weight", [0, 16], "fc1.weight has shape [0, 16]"),
    .shape("fc1.weight", [6, 17], "takes patches of 17 pixels", "not square", "--data"),
    .shape("fc1.bias", [7], "fc1.bias has shape [7]; expected fc1.bias [6]"),
    .shape("fc42.weight", [8, 8], "fc41 has 9 outputs, fc42 8", "for each latent"),
    .shape("Phi.weight", [16, 8], "Phi.weight has shape [16, 8]; expected Phi.weight [16, 9]"),
    .shape("Phi.bias", [9], "Phi.bias has shape [9]; expected Phi.bias [16]"),
  ]

  @Test(arguments: mistakes) func `what is wrong with a file is said, and what it holds`(
    _ mistake: Mistake
  ) throws {
    var model = PublishedModel()
    mistake.change(&model)
    if mistake.testDescription.hasPrefix("fc1.weight [6, 17]") {
      model.add("Phi.weight", [17, 9]) { 1 }
      model.add("Phi.bias", [17]) { 1 }
    }
    let error = #expect(throws: RunError.self) { _ = try `import`(model) }
    let text = error?.description ?? ""
    for part in mistake.message { #expect(text.contains(part), "\(text)") }
    if !text.hasPrefix("model.") { #expect(text.contains("x.safetensors: "), "\(text)") }
  }

  @Test func `a file that declares more than it holds is refused before anything is made`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "huge.safetensors")
      let header =
        "{\"fc1.weight\":{\"dtype\":\"F32\",\"shape\":[1000000,1000000],"
        + "\"data_offsets\":[0,4000000000000]}}"
      try
        (withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        + Data(header.utf8)).write(to: file)
      let error = #expect(throws: RunError.self) {
        _ = try ModelImport(contentsOf: file, .init(), team: Self.team)
      }
      #expect(error?.description.contains("fc1.weight lies outside of the file") == true)
    }
  }
}
