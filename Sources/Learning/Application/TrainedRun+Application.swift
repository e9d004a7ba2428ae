import Compute
import Distributions
import ImageData
import SparseCodingVAE

/// A trained sparse coding VAE, used on data.
extension TrainedRun<RunConfiguration> {
  /// Patches as they come from images → posterior means, or samples, of their latents.
  ///
  /// - Parameters:
  ///   - treated: whether the patches are already whitened and scaled as the training data was.
  ///   - logScales: whether each row also gets ℓ after μ: `[N, 2·latents]`.
  ///   - refinement: steps from μ towards the code of greatest posterior probability.
  /// - Throws: a `RunError` where the prior has no such code.
  public func encode(
    _ stream: ArrayStream, treated: Bool, logScales: Bool = false, refinement: Int = 0,
    team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let inference = Inference(model, team: team)
    let mode = refinement > 0 ? try PosteriorMode(model, team: team) : nil
    let latents = model.configuration.latents
    return try stream.run(
      columns: preprocessing.pixels, what: "patches", cutting: cutting(treated),
      rowShape: [logScales ? 2 * latents : latents]
    ) { rows, _ in
      var patches = rows
      if !treated { preprocessing.apply(to: &patches) }
      var posteriors = inference.encode(patches)
      if let mode {
        posteriors.mean = mode.refined(posteriors.mean, patches: patches, steps: refinement)
      }
      guard logScales else { return posteriors.mean }
      var both = Matrix(rows: rows.rows, columns: 2 * latents)
      for row in 0..<rows.rows {
        for k in 0..<latents {
          both[row, k] = posteriors.mean[row, k]
          both[row, latents + k] = posteriors.logScale[row, k]
        }
      }
      return both
    }
  }

  /// Codes → patches, as the model sees them or taken back toward the images' units.
  public func decode(
    _ stream: ArrayStream, restored: Bool, team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let inference = Inference(model, team: team)
    return try stream.run(
      columns: model.configuration.latents, what: "codes", name: "patches",
      rowShape: [preprocessing.patchHeight, preprocessing.patchWidth]
    ) { codes, _ in
      let patches = inference.decode(codes)
      return restored ? preprocessing.restored(patches) : patches
    }
  }

  /// Patches → their reconstructions from the posterior means, as the model sees them.
  public func reconstruct(
    _ stream: ArrayStream, treated: Bool, team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let inference = Inference(model, team: team)
    return try stream.run(
      columns: preprocessing.pixels, what: "patches", cutting: cutting(treated), name: "patches",
      rowShape: [preprocessing.patchHeight, preprocessing.patchWidth]
    ) { rows, _ in
      var patches = rows
      if !treated { preprocessing.apply(to: &patches) }
      return inference.decode(inference.encode(patches).mean)
    }
  }

  /// How images become the patches that the model takes.
  private func cutting(_ treated: Bool) -> ArrayRowReader.Cutting {
    ArrayRowReader.Cutting(preprocessing, whitens: !treated)
  }
}
