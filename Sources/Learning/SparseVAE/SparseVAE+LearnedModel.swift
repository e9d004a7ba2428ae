import Compute
import Distributions
import Evaluation
import LatentVariableModels
import RealModule

extension Prior {
  /// The family and, in the order of their names, all numbers but the scale that determine the
  /// density: "laplace", "spike-and-slab sparsity=0.1 spikeRatio=0.1".
  fileprivate var words: String {
    ([Self.name] + shape.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
      .joined(separator: " ")
  }
}

extension SparseVAE: LearnedModel {
  public var tensors: [NamedTensor] { namedTensors }

  public var words: [String: String] {
    let range = configuration.logScaleRange
    return [
      "prior": prior.words, "posterior": configuration.posterior.rawValue,
      "log_scale_range": "\(range.lowerBound) \(range.upperBound)",
      "refinements": "\(configuration.refinements)", "noise": configuration.noise.rawValue,
    ]
  }

  /// Patches to the means of their posteriors.
  public func encoder(team: ThreadTeam) -> (Matrix) -> Matrix {
    let inference = Inference(self, team: team)
    return { inference.encode($0).mean }
  }

  public func amortization(on patches: Matrix, team: ThreadTeam) -> AmortizationGap? {
    AmortizationGap(self, on: patches, team: team)
  }

  public func evaluation(on patches: Matrix, _ instruments: Instruments) -> FilterEvaluation {
    evaluation(on: patches, seed: 0, instruments)
  }

  /// - Parameter seed: of the one sample of z per patch, where one is drawn.
  func evaluation(
    on patches: Matrix, seed: UInt64, _ instruments: Instruments
  ) -> FilterEvaluation {
    var course = EvaluationCourse(self, team: instruments.team)
    let part = 4096
    for start in stride(from: 0, to: patches.rows, by: part) {
      course.add(
        patches.selectingRows(start..<min(start + part, patches.rows)),
        seed: seed &+ UInt64(start))
    }
    var evaluation = course.evaluation(instruments)
    evaluation.posterior?.gaussian = instruments.training.flatMap {
      gaussianNegativeLogLikelihood(of: patches, fittedTo: $0)
    }
    return evaluation
  }

  /// −log p(x) in nats of the Gaussian with the training patches' covariance and this model's noise;
  /// nil where there is none.
  func gaussianNegativeLogLikelihood(of patches: Matrix, fittedTo training: Matrix) -> Double? {
    let decoder = isotropicDecoder
    return GaussianFloor(of: decoder.whitened(training)).map {
      $0.negativeLogLikelihood(
        of: decoder.whitened(patches), noiseVariance: decoder.noiseVariance)
        + decoder.logDeterminant
    }
  }
}

/// The evaluation of a model, some thousand patches after the other.
private struct EvaluationCourse {
  private let model: SparseVAE
  private let inference: Inference
  private var accumulator: PosteriorStatistics.Accumulator
  private var signalToNoise = SignalToNoise()
  private var negativeLogLikelihood = 0.0
  private var divergence = 0.0
  private var energy = 0.0
  private var means: Matrix
  /// The most probable codes of posteriors with atoms, and their reconstructions.
  private var modes: Matrix
  private var modeSignalToNoise = SignalToNoise()
  /// E[log a] of each patch's contrast a, and z/a.
  private var logContrasts: [Double] = []
  private var normalized: [Float] = []

  init(_ model: SparseVAE, team: ThreadTeam) {
    self.model = model
    inference = Inference(model, team: team)
    let latents = model.configuration.latents
    accumulator = PosteriorStatistics.Accumulator(latents: latents)
    means = Matrix(rows: 0, columns: latents)
    modes = means
  }

  mutating func add(_ patches: Matrix, seed: UInt64) {
    let result = inference.evaluate(patches, seed: seed)
    // A Laplace posterior of scale τ has variance 2τ².
    let varianceFactor: Float = model.configuration.posterior == .laplace ? 2 : 1
    var variances = result.posteriors.logScale
    variances.elements = variances.elements.map {
      varianceFactor * Float(Double.exp(2 * Double($0)))
    }
    accumulator.add(
      means: result.posteriors.mean, variances: variances, divergences: result.divergence,
      idleDivergences: result.idleDivergence)
    signalToNoise.add(patches: patches, reconstructions: result.reconstructions)
    negativeLogLikelihood += result.negativeLogLikelihood * Double(patches.rows)
    divergence += result.divergence.elements.reduce(0) { $0 + Double($1) }
    divergence += result.jointDivergence * Double(patches.rows)
    energy += patches.elements.reduce(0) { $0 + Double($1) * Double($1) }
    if let contrast = result.posteriors.contrast,
      let inverses = result.posteriors.inverseContrasts
    {
      for (row, inverse) in inverses.enumerated() {
        logContrasts.append(Double(contrast[row, 0]))
        normalized += result.posteriors.mean.row(row).map { $0 * inverse }
      }
    }
    means = means.appending(result.posteriors.mean)
    guard model.configuration.posterior.hasAtom else { return }
    let codes = inference.modes(patches)
    modeSignalToNoise.add(patches: patches, reconstructions: model.reconstructions(of: codes))
    modes = modes.appending(codes)
  }

  func evaluation(_ instruments: Instruments) -> FilterEvaluation {
    let count = Double(max(1, means.rows))
    let statistics = accumulator.statistics
    let activity = LatentActivity(
      statistics, priorVariances: model.priorVariances, thresholds: instruments.thresholds)
    var evaluation = FilterEvaluation(
      filters: model.filters, patches: means.rows, signalToNoise: signalToNoise,
      sparsity: modes.rows > 0 ? Sparsity(of: modes, relativeThreshold: 0) : Sparsity(of: means),
      active: instruments.activeFilters(of: model.filters, used: activity.informative),
      use: activity.information)
    evaluation.posterior = PosteriorMeasures(
      negativeLogLikelihood: negativeLogLikelihood / count, likelihood: model.likelihood,
      divergence: divergence / count,
      statistics: statistics, activity: activity, lambda: model.sparsityWeight,
      temperature: model.temperature(
        pixelVariance: energy / (count * Double(model.configuration.pixels))),
      noiseScale: model.noiseVariance.squareRoot(), noiseDirections: model.noiseDirections,
      priorScale: model.priorScale, contrast: contrast, atoms: atoms)
    return evaluation
  }

  private var atoms: PosteriorMeasures.Atoms? {
    guard modes.rows > 0 else { return nil }
    let zeros = modes.elements.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
    return PosteriorMeasures.Atoms(
      zeroShare: Double(zeros) / Double(modes.elements.count),
      signalToNoise: modeSignalToNoise, activeShare: model.activeShare)
  }

  /// Nil also while latents are independent, at the beginning of a training.
  private var contrast: PosteriorMeasures.Contrast? {
    guard let spread = model.contrast, !logContrasts.isEmpty else { return nil }
    let codes = Matrix(rows: means.rows, columns: means.columns, elements: normalized)
    return PosteriorMeasures.Contrast(
      spread: spread, logarithms: logContrasts,
      normalizedKurtosis: Sparsity(of: codes).excessKurtosis)
  }
}

extension Matrix {
  /// These rows and those of `others` after them.
  fileprivate func appending(_ others: Matrix) -> Matrix {
    Matrix(rows: rows + others.rows, columns: columns, elements: elements + others.elements)
  }
}
