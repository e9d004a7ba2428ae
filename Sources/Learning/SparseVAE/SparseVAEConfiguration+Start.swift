import Compute
import Foundation
import ImageData
import LatentVariableModels
import RealModule

/// Learning that begins with another run's model.
extension SparseVAEConfiguration {
  /// With `model.initFrom`, that run's model and treatment of patches, for others to be laid over.
  public func base(for kind: PatchKind) throws -> SparseVAEConfiguration {
    var base = Self.defaults(for: kind)
    base.leaveOut(whatDoesNotGoWith: self)
    if let posterior = posteriorWithAtom {
      base.takeIndependentLatents()
      base.takeAtoms(of: posterior)
    }
    guard let start = try startingRun else { return base }
    base.model = start.configuration.model
    if base.model.posterior != .structured {
      base.takeIndependentLatents()
      base.model.posterior = start.configuration.model.posterior
    }
    base.model.initFrom = model.initFrom
    base.model.noiseLogScale = .log(start.model.noiseVariance) / 2
    base.model.priorScale =
      base.model.prior == .poisson ? base.model.priorScale : start.model.priorScale
    if let share = start.model.activeShare { base.model.activeShare = share }
    let treatment = start.preprocessing
    if treatment.kind == kind, treatment.patchHeight == treatment.patchWidth {
      base.data.preparation.patchSize = treatment.patchHeight
      base.data.preparation.colour = treatment.colourMode
      base.data.preparation.whitening = treatment.whitening
      base.data.preparation.removesPatchMean = treatment.removesPatchMean
    }
    return base
  }

  /// Multiplications for a patch beyond which a structured posterior has to be asked for: sixty times
  /// what the usual network takes.
  private static let mostMultiplications = 1e8

  /// Takes out of the defaults what goes with a structured posterior or learned scales, where another
  /// posterior, or fixed scales, are asked for.
  private mutating func leaveOut(whatDoesNotGoWith given: SparseVAEConfiguration) {
    // What is given is not yet known to be in range.
    let (side, colour) = (Double(given.data.preparation.patchSize), given.data.preparation.colour)
    let work = StructuredWork(
      latents: Double(given.model.latents), pixels: Double(colour.channels) * side * side)
    if given.model.posterior != .structured || given.model.likelihood == .sampled
      || work.multiplications > Self.mostMultiplications
    {
      takeIndependentLatents()
    }
    if model.posterior != .structured { return }
    if given.model.prior != .laplace { model.contrast = false }
    if !given.training.learnsPriorScale {
      training.learnsPriorScale = false
      training.priorScaleUpdate = .gradient
    }
    if given.model.noise == .perDirection { training.learnsNoise = true }
    let learns = given.training.learnsPriorScale || given.training.learnsNoise
    training.scalesFrom = learns ? given.training.structuredFrom : 0
    if training.scalesFrom == 0 { training.lateDecoderFactor = 1 }
  }

  /// The most pixels of patches whose principal directions are found within a minute.
  private static let mostNoiseDirections = 1024

  /// Fills in what depends on the kind of data; the run to begin with is found from every folder.
  public mutating func resolve(for kind: PatchKind) {
    data.preparation.resolve(for: kind)
    model.initFrom = model.initFrom.map { URL(filePath: $0).standardizedFileURL.path }
  }

  /// The model that learning begins with: another run's, or one drawn from the seed.
  ///
  /// Of a run's model with the noise and the prior of this configuration; where its noise is the same
  /// in all directions and this one's is not, these are the patches'.
  ///
  /// - Throws: a `RunError` where the run is not finished, or its model is of another shape; a
  ///   `ParameterError` where the patches have no directions.
  func firstModel(_ shape: ModelConfiguration, on patches: PatchSupply) throws -> SparseVAE {
    var model = try startingModel(shape) ?? SparseVAE(shape, seed: training.seed)
    if model.noiseDirections == 0 {
      guard shape.pixels <= Self.mostNoiseDirections else {
        throw RunError(
          "noise per direction of patches of \(shape.pixels) pixels",
          remedy:
            "expected at most \(Self.mostNoiseDirections) pixels: it takes the eigenvectors of "
            + "their covariance")
      }
      try model.takeNoiseDirections(from: patches.load(0))
    }
    return model
  }

  func startingModel(_ shape: ModelConfiguration) throws -> SparseVAE? {
    guard let start = try startingRun else { return nil }
    let (theirs, ours) = (start.configuration.model, model)
    let differences = [
      ("pixels in a patch", "\(start.model.configuration.pixels)", "\(shape.pixels)"),
      ("latents", "\(theirs.latents)", "\(ours.latents)"),
      ("as the encoder's layers", theirs.encoder.text, ours.encoder.text),
      (
        "a posterior of", start.model.parts.latents.heads.joined(separator: ", "),
        shape.parts.latents.heads.joined(separator: ", ")
      ),
    ].filter { $0.1 != $0.2 }
    guard differences.isEmpty else {
      throw RunError(
        file: start.folder.url,
        "its model has "
          + differences.map { "\($0.1) \($0.0), not \($0.2)" }.joined(separator: "; "),
        remedy: "to begin with it, leave these settings out")
    }
    var first = SparseVAE(shape, seed: 0)
    let scales = first.namedTensors.filter { $0.shape.isEmpty }
    // Directions of noise, where theirs has none, are left to be found.
    try first.load(scales + start.model.namedTensors + first.namedTensors)
    return first
  }

  private var startingRun: TrainedRun<SparseVAEConfiguration>? {
    get throws {
      try model.initFrom.map { try TrainedRun(RunFolder(existing: URL(filePath: $0))) }
    }
  }
}

extension SparseVAEConfiguration.EncoderSettings {
  /// "[512, 512]"; "[128], mean [64], log scale [64]"
  fileprivate var text: String {
    mean.isEmpty && logScale.isEmpty ? "\(trunk)" : "\(trunk), mean \(mean), log scale \(logScale)"
  }
}
