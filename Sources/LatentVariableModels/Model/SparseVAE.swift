import Compute
import Distributions
import RealModule

/// A sparse coding VAE: x | z ~ N(Φᵀz + b, σ²I), z ~ ∏ p(zₖ), q(z | x) from a recognition network.
///
/// Barello, Charles & Pillow 2018; Geadah et al. 2024. A value: copies share nothing.
public struct SparseVAE: Sendable {
  /// What determined the model before its first step.
  public private(set) var configuration: ModelConfiguration
  /// Encoder, latents, decoder and likelihood.
  public private(set) var parts: ModelParts
  /// All parameters; `layout` tells which is where.
  package var parameters: AlignedArray
  package let layout: ParameterLayout

  /// A model with random parameters: the encoder's uniform on ±1/√inputs, the filters of unit norm
  /// in random directions.
  ///
  /// - Parameter parts: other parts than those of the configuration.
  public init(_ configuration: ModelConfiguration, parts: ModelParts? = nil, seed: UInt64) {
    self.init(zeroed: configuration, parts: parts)
    var random = RandomStream(seed: seed, purpose: .initialization)
    for layer in layout.layers {
      if layer.plan.hasFilters {
        drawFilters(of: layer.weights, using: &random)
      } else {
        drawUniform(layer.weights, using: &random)
      }
    }
    let headStart = self.parts.latents.headStart
    for head in 0..<self.parts.latents.headCount where headStart[head] != 0 {
      for latent in 0..<layout.latents {
        parameters[layout.places(head: head, latent: latent).bias] += Float(headStart[head])
      }
    }
    guard let number = self.parts.latents.priorNumber else { return }
    for place in layout.priorNumbers?.places ?? 0..<0 {
      parameters[place] = Float(
        random.uniform(number.start.lowerBound, number.start.upperBound))
    }
  }

  /// A model with every weight 0, to be filled.
  package init(zeroed configuration: ModelConfiguration, parts: ModelParts? = nil) {
    self.configuration = configuration
    self.parts = parts ?? configuration.parts
    layout = ParameterLayout(
      pixels: configuration.pixels, latents: configuration.latents,
      hasContrast: configuration.contrast != nil,
      hasNoiseDirections: configuration.noise == .perDirection,
      hasOwnScales: configuration.scalePerLatent && configuration.latents > 1, self.parts)
    parameters = AlignedArray(count: layout.count)
    parameters[layout.logNoise] = Float(self.parts.likelihood.noiseLogScale)
    for place in layout.logPriorScales {
      parameters[place] = Float(Double.log(self.parts.latents.priorScale))
    }
    if let place = layout.logContrast, let spread = configuration.contrast {
      parameters[place] = Float(Double.log(spread))
    }
  }

  /// The same parameters under another posterior.
  ///
  /// - Parameter refinements: of a structured one; nil leaves them as they are.
  public func with(posterior: PosteriorFamily, refinements: Int? = nil) -> SparseVAE {
    var model = self
    model.configuration.posterior = posterior
    if let refinements { model.configuration.refinements = refinements }
    model.parts = model.configuration.parts
    return model
  }

  private mutating func drawUniform(_ layer: DenseWeights, using random: inout RandomStream) {
    let bound = 1 / Double(layer.inputs).squareRoot()
    for output in 0..<layer.outputs {
      for input in 0..<layer.inputs {
        parameters[layer.place(input: input, output: output)] = Float(
          random.uniform(-bound, bound))
      }
      parameters[layer.bias + output] = Float(random.uniform(-bound, bound))
    }
  }

  private mutating func drawFilters(of layer: DenseWeights, using random: inout RandomStream) {
    for latent in 0..<layer.inputs {
      let row = (0..<layer.outputs).map { _ in random.normal() }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (pixel, value) in row.enumerated() {
        parameters[layer.place(input: latent, output: pixel)] = Float(value / norm)
      }
    }
  }

  /// Φ, `[latents, pixels]`: one filter a row.
  public var filters: Matrix {
    get {
      var matrix = Matrix(rows: configuration.latents, columns: configuration.pixels)
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          matrix[row, column] = parameters[layout.filters + row * layout.filterStride + column]
        }
      }
      return matrix
    }
    set {
      precondition(
        newValue.rows == configuration.latents && newValue.columns == configuration.pixels,
        "filters of \(newValue.rows) × \(newValue.columns)")
      for row in 0..<newValue.rows {
        for column in 0..<newValue.columns {
          parameters[layout.filters + row * layout.filterStride + column] = newValue[row, column]
        }
      }
    }
  }

  /// b, the decoder's bias, `[pixels]`.
  public var bias: [Float] {
    (0..<configuration.pixels).map { parameters[layout.decoderBias + $0] }
  }

  /// x̂ = Φᵀz + b for each row of `codes`, `[patches, latents]`; `[patches, pixels]`.
  public func reconstructions(of codes: Matrix) -> Matrix {
    precondition(
      codes.columns == configuration.latents,
      "codes of \(codes.columns) latents for a model of \(configuration.latents)")
    var result = LinearAlgebra.product(codes, filters)
    result.addToRows(bias)
    return result
  }

  /// σ², the variance of the Gaussian likelihood.
  public var noiseVariance: Double { .exp(2 * Double(parameters[layout.logNoise])) }

  /// s, the prior's scale; of latents that each have their own its geometric mean.
  public var priorScale: Double {
    let places = layout.logPriorScales
    return .exp(places.reduce(0) { $0 + Double(parameters[$1]) } / Double(places.count))
  }

  /// The scale of each latent's prior over `priorScale`; nil where they share it.
  public var relativePriorScales: [Float]? {
    let places = layout.logPriorScales
    guard places.count > 1 else { return nil }
    let mean = Double.log(priorScale)
    return places.map { Float(Double.exp(Double(parameters[$0]) - mean)) }
  }

  /// s of a latent.
  func priorScale(of latent: Int) -> Double {
    let places = layout.logPriorScales
    return .exp(Double(parameters[places.lowerBound + (places.count > 1 ? latent : 0)]))
  }

  /// ω, the standard deviation of the logarithm of a patch's contrast; nil where patches have none.
  public var contrast: Double? {
    layout.logContrast.map { .exp(Double(parameters[$0])) }
  }

  /// How the expected likelihood is found, in training and in evaluations.
  public var likelihood: ExpectedLikelihood {
    guard parts.hasExactLikelihood else { return .sampled }
    let isAlwaysExact = parts.latents.structured != nil || parts.latents.hasMomentsOnly
    return isAlwaysExact ? .exact : configuration.likelihood
  }

  /// Whether every latent's prior has a scale.
  var hasUsableScales: Bool {
    layout.logPriorScales.allSatisfy {
      let scale = Double.exp(Double(parameters[$0]))
      return scale > 0 && scale.isFinite
    }
  }

  /// Whether every parameter is finite, and the prior has a scale.
  var isUsable: Bool {
    parameters.withUnsafeBuffer { $0.allSatisfy { $0.isFinite } } && hasUsableScales
      && (contrast.map { $0 > 0 && $0.isFinite } ?? true)
  }

  /// E z² of each latent; nil where it is infinite.
  public var priorVariances: [Double]? {
    // E a² of a contrast a with log a ~ N(0, ω²)
    let spread = Double.exp(2 * (contrast ?? 0) * (contrast ?? 0))
    let variances = (0..<configuration.latents).compactMap { prior(of: $0).variance }
    return variances.isEmpty ? nil : variances.map { $0 * spread }
  }

  /// λ = σ²/s, the weight of |z| against the squared error.
  public var sparsityWeight: Double { noiseVariance / priorScale }

  /// The noise that idle latents put into a reconstruction, over the energy of the data: with
  /// unit-norm filters K·(π/2)·s² / (D·Var x), to be small against 1.
  ///
  /// - Parameter pixelVariance: Var x.
  public func temperature(pixelVariance: Double = 1) -> Double {
    Double(configuration.latents) * .pi / 2 * priorScale * priorScale
      / (Double(configuration.pixels) * pixelVariance)
  }
}
