import Compute
import ImageData
import LatentVariableModels

/// What a run learned, used on data of any size.
extension FinishedRun {
  /// Patches as they come from images → their codes: posterior means, or sparse codes.
  ///
  /// - Parameter treated: whether the patches are already whitened and scaled as the training data
  ///   was.
  public func encode(
    _ stream: ArrayStream, treated: Bool, team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let filters = learned.filters.rows
    return try patches(
      of: stream, treated: treated, to: "codes", [filters], learned.encoder(team: team))
  }

  /// Codes → patches, as the model sees them or taken back toward the images' units.
  ///
  /// - Throws: also where the patches are far larger than any that were trained on.
  public func decode(_ stream: ArrayStream, restored: Bool) throws -> ArrayStream.Result {
    var check = ScaleCheck(
      preprocessing, of: "\(stream.input), decoded", takesAny: stream.takesAnyScale)
    return try stream.run(
      columns: learned.filters.rows, what: "codes", name: "patches",
      rowShape: preprocessing.patchShape
    ) { codes in
      let patches = learned.reconstructions(of: codes)
      // Codes of small patches, of one filter each say, are as good as any.
      try check.add(patches, raw: nil)
      return restored ? preprocessing.restored(patches) : patches
    }
  }

  /// Patches → their reconstructions from their codes, as the model sees them.
  public func reconstruct(
    _ stream: ArrayStream, treated: Bool, team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let encode = learned.encoder(team: team)
    return try patches(of: stream, treated: treated, to: "patches", preprocessing.patchShape) {
      learned.reconstructions(of: encode($0))
    }
  }

  /// Patches, treated as the training data was, → rows of `rowShape`.
  ///
  /// - Throws: also where patches are given but whole images are whitened, or values are of quite
  ///   another scale than in training.
  func patches(
    of stream: ArrayStream, treated: Bool, to name: String, _ rowShape: [Int],
    _ transform: (Matrix) -> Matrix
  ) throws -> ArrayStream.Result {
    var check = ScaleCheck(preprocessing, of: stream.input, takesAny: stream.takesAnyScale)
    return try stream.run(
      columns: preprocessing.pixels, what: "patches",
      cutting: ArrayRowReader.Cutting(preprocessing, whitens: !treated), name: name,
      rowShape: rowShape
    ) { rows in
      var patches = rows
      if !treated { preprocessing.apply(to: &patches) }
      try check.add(patches, raw: treated ? nil : rows)
      return transform(patches)
    } finish: {
      try check.finish().map(stream.warn)
    }
  }
}

extension TrainedRun<SparseVAEConfiguration> {
  /// Patches as they come from images → the posteriors of their latents.
  ///
  /// - Parameters:
  ///   - treated: whether the patches are already whitened and scaled as the training data was.
  ///   - form: what each row gets.
  /// - Throws: a `RunError` where the prior has no most probable code, or patches have no contrast.
  public func encode(
    _ stream: ArrayStream, treated: Bool, _ form: CodeForm, team: ThreadTeam
  ) throws -> ArrayStream.Result {
    let inference = Inference(model, team: team)
    let mode = form.refinement > 0 ? try PosteriorMode(model, team: team) : nil
    if form.contrast, model.contrast == nil {
      throw RunError(
        file: folder.url, "its patches have no contrast",
        remedy: "to be had by training with --posterior structured --contrast")
    }
    var first = 0
    let columns = form.columns(latents: model.configuration.latents)
    return try patches(of: stream, treated: treated, to: "codes", [columns]) { patches in
      defer { first += patches.rows }
      let posteriors = inference.encode(patches)
      let codes =
        form.seed.map { inference.sample(patches, seed: $0, first: first) }
        ?? (form.isMode ? inference.modes(patches) : nil)
        ?? mode?.refined(posteriors.mean, patches: patches, steps: form.refinement)
        ?? posteriors.mean
      var parts = [codes]
      if form.logScales { parts.append(posteriors.logScale) }
      if form.contrast, let contrast = posteriors.contrast { parts.append(contrast) }
      if parts.count == 1 { return codes }
      return Matrix(
        rows: codes.rows, columns: parts.reduce(0) { $0 + $1.columns },
        elements: (0..<codes.rows).flatMap { row in parts.flatMap { $0.row(row) } })
    }
  }
}

/// What is written of a patch's posterior.
public struct CodeForm: Hashable, Sendable {
  /// Steps from μ towards the code of greatest posterior probability.
  public var refinement = 0
  /// Of a sample that is drawn in place of the mean.
  public var seed: UInt64?
  /// Whether the most probable code of each posterior stands in place of the mean: exact zeros and whole
  /// counts, where posteriors have such.
  public var isMode = false
  /// Whether ℓ follows on.
  public var logScales = false
  /// Whether mean and standard deviation of the logarithm of the patch's contrast follow on.
  public var contrast = false

  /// Means alone.
  public init() {}

  func columns(latents: Int) -> Int { (logScales ? 2 : 1) * latents + (contrast ? 2 : 0) }
}
