import Compute
import Figures
import Foundation
import ImageData
import LatentVariableModels

extension TrainedRun<SparseVAEConfiguration> {
  /// Writes patches drawn from the model: as numbers `[count, height, width]` where `path` ends in
  /// npy, npz or mat or is "-" for .npy on standard output, otherwise as a picture.
  ///
  /// - Parameter restored: whether patches are taken back toward the images' own units.
  public func writeSamples(
    _ count: Int, seed: UInt64, restored: Bool = false, to path: String, team: ThreadTeam
  ) throws {
    func drawn(_ range: Range<Int>) -> Matrix {
      let patches = samples(range, seed: seed, team: team)
      return restored ? preprocessing.restored(patches) : patches
    }
    if path == "-" || ArrayRowWriter.knows(path) {
      let writer = try ArrayRowWriter(
        path: path, name: "patches", rowShape: preprocessing.patchShape, rows: count)
      for start in stride(from: 0, to: count, by: ArrayStream.rowsAtATime) {
        try writer.append(drawn(start..<min(count, start + ArrayStream.rowsAtATime)))
      }
      try writer.finish()
      return
    }
    _ = try FigureFormat(path: path)
    guard count <= 10_000 else {
      throw RunError(
        "\(path): \(count) patches are too many for a picture",
        remedy: "at most 10,000; or write .npy")
    }
    let patches = drawn(0..<count)
    try PatchSheet(
      blocks: [
        restored ? .raw(patches) : .whitened(patches, title: "Drawn from the model")
      ], patchHeight: preprocessing.patchHeight, patchWidth: preprocessing.patchWidth
    ).write(to: path)
  }

  /// Patches drawn from the model: z from the prior, with a contrast
  /// where patches have one, x̂ = Φᵀz + b, `[range.count, pixels]`.
  ///
  /// - Parameter range: numbers of the samples; each is a function of the seed and its number.
  public func samples(_ range: Range<Int>, seed: UInt64, team: ThreadTeam) -> Matrix {
    let priors = (0..<model.configuration.latents).map { model.prior(of: $0) }
    var codes = Matrix(rows: range.count, columns: model.configuration.latents)
    for row in 0..<range.count {
      var random = RandomStream(seed: seed, purpose: .evaluation, step: range.lowerBound + row)
      for (latent, prior) in priors.enumerated() {
        codes[row, latent] = Float(prior.sample(using: &random))
      }
      guard let spread = model.contrast else { continue }
      let contrast = Float(Foundation.exp(spread * random.normal()))
      for latent in 0..<codes.columns { codes[row, latent] *= contrast }
    }
    return Inference(model, team: team).decode(codes)
  }
}
