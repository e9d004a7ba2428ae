import Compute
import Foundation
import ImageData
import LatentVariableModels
import TestSupport
import Testing

@testable import Exchange
@testable import Learning

extension ModelImportTests {
  /// Its numbers are found again in a file without the configuration, too.
  @Test func `noise per direction and scales per latent come in from elsewhere`() throws {
    try withTemporaryFolder { folder in
      var configuration = SmallRun().configuration
      configuration.model.noise = .perDirection
      configuration.model.scalePerLatent = true
      var model = SparseVAE(try configuration.modelConfiguration(pixels: 64), seed: 1)
      var random = RandomStream(seed: 3, purpose: .evaluation)
      try model.takeNoiseDirections(
        from: Matrix(
          rows: 200, columns: 64, elements: (0..<12_800).map { _ in Float(random.normal()) }))
      model.takeNoiseProfile()
      let file = folder.appending(path: "m.safetensors")
      try Safetensors(tensors: model.exportedTensors, metadata: model.words).encoded()
        .write(to: file)
      let imported = try ModelImport(contentsOf: file, .init(), team: Self.team).model
      #expect(imported.noiseDirections == model.noiseDirections)
      #expect(imported.namedTensors == model.namedTensors)
    }
  }

  @Test(arguments: [false, true])
  func `what is exported comes in as it was, to the bit`(_ isDirectional: Bool) throws {
    try withTemporaryFolder { folder in
      var small = SmallRun()
      small.configuration.model.noise = isDirectional ? .perDirection : .isotropic
      small.configuration.model.scalePerLatent = isDirectional
      small.configuration.data.preparation.whitening = .zca
      small.configuration.training.learnsNoise = true
      let run = try TrainedRun<SparseVAEConfiguration>(small.train(at: folder.appending(path: "a")))
      let file = folder.appending(path: "m.safetensors")
      _ = try ExportedModel(run).write(
        as: SafetensorsExporter(), to: file, ExportOptions(team: Self.team))
      let made = try ModelImport(contentsOf: file, .init(), team: Self.team)
        .write(to: folder.appending(path: "b"))
      let again = try TrainedRun<SparseVAEConfiguration>(made)
      #expect(again.model.namedTensors == run.model.namedTensors)
      #expect(again.preprocessing == run.preprocessing)
      #expect(again.configuration.model.constraint == run.configuration.model.constraint)
    }
  }
}
