import Foundation
import LatentVariableModels
import Learning

// Scales and noise of an imported model.
extension ModelImport {
  /// σ, s and ω: the file's own numbers to the bit, where no option says otherwise.
  static func scales(
    _ model: SparseVAEConfiguration.ModelSettings, _ dict: StateDict, _ options: Options
  ) -> [NamedTensor] {
    let scales = [
      ("noise_log_scale", model.noiseLogScale, options.noiseScale != nil),
      ("prior_log_scale", .log(model.priorScale), options.priorScale != nil),
    ].map { name, value, isGiven in
      let own = isGiven ? nil : dict.tensor(name)
      return NamedTensor(
        name: name, shape: own?.shape ?? [], elements: own?.elements ?? [Float(value)])
    }
    let others =
      (model.contrast ? ["contrast_log_scale"] : [])
      + (model.noise == .perDirection ? ParameterLayout.noiseTensors : [])
    return scales
      + others.compactMap { name in
        dict.tensor(name).map { NamedTensor(name: name, shape: $0.shape, elements: $0.elements) }
      }
  }

  /// s and σ at the start. In our own exports the configuration says where training began; the tensors
  /// say where it ended.
  static func setScales(
    _ model: inout SparseVAEConfiguration.ModelSettings, _ dict: StateDict, _ options: Options,
    isOwn: Bool, notes: inout [String]
  ) throws {
    if !isOwn {
      model.scalePerLatent = dict.tensor("prior_log_scale")?.shape.count == 1
      let hasDirections = dict.tensor(ParameterLayout.noiseDirections) != nil
      model.noise = hasDirections ? .perDirection : .isotropic
    }
    if options.priorScale != nil { model.scalePerLatent = false }
    if let scale = options.priorScale ?? dict.number("prior_scale") {
      model.priorScale = scale
    } else if !isOwn, let logScale = dict.number("prior_log_scale") {
      model.priorScale = .exp(logScale)
    } else if !isOwn {
      model.priorScale = published.scale
      notes.append("the file has no prior_scale: 1, as published (--prior-scale)")
    }
    if let scale = options.noiseScale ?? dict.number("likelihood_scale") {
      guard scale > 0, scale.isFinite else {
        throw dict.error("its noise has the scale \(scale)", remedy: "expected more than 0")
      }
      model.noiseLogScale = .log(scale)
    } else if !isOwn, let logScale = dict.number("noise_log_scale") {
      model.noiseLogScale = logScale
    } else if !isOwn {
      model.noiseLogScale = published.noiseLogScale
      notes.append("the file has no likelihood_scale: 1/e, as published (--noise-scale)")
    }
  }
}
