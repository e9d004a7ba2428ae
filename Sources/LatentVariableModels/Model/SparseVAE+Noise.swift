import Compute
import RealModule

// Noise of a variance for each principal direction of the training patches.
extension SparseVAE {
  /// Directions of less than this share of the mean variance are left out: whitening emptied them.
  private static let smallestVariance = 0.02
  /// The variance, in shares of the mean one, of a direction of which noise has half as much as of a
  /// strong one, in shares of the direction's own.
  private static let halfVariance = 0.3

  /// Takes the noise's directions from training patches, `[patches, pixels]`; noise is as strong in
  /// all of them as it was.
  ///
  /// Of models whose noise is isotropic nothing is changed. Takes seconds for a thousand pixels, and
  /// the cube of their number.
  ///
  /// - Throws: a `ParameterError` where no direction has a variance, or a patch holds NaN or infinity.
  public mutating func takeNoiseDirections(from patches: Matrix) throws(ParameterError) {
    guard let noise = layout.noise else { return }
    guard
      let found = JacobiRotations.eigen(Self.covariance(of: patches), order: noise.pixels),
      let largest = found.values.first, largest > 0
    else {
      throw ParameterError(
        "the patches have no principal directions",
        expected: "patches of finite pixels that are not all alike")
    }
    let mean = found.values.reduce(0, +) / Double(noise.pixels)
    for (direction, variance) in found.values.enumerated() {
      let isKept = variance >= Self.smallestVariance * mean
      parameters[noise.variances + direction] = isKept ? Float(variance) : 0
      parameters[noise.profile + direction] = 0
      for pixel in 0..<noise.pixels {
        parameters[noise.directions + direction * noise.stride + pixel] =
          isKept ? Float(found.vectors[direction * noise.pixels + pixel]) : 0
      }
    }
  }

  /// Gives noise the profile of the patches' spectrum, σ²·λ/(λ + 0.3) in a direction of variance λ, in
  /// units of their mean. Where it has a profile, nothing is changed.
  public mutating func takeNoiseProfile() {
    guard let noise = layout.noise else { return }
    let places = noise.profilePlaces
    guard places.allSatisfy({ parameters[$0] == 0 }) else { return }
    let variances = (0..<noise.pixels).map { Double(parameters[noise.variances + $0]) }
    let mean = variances.reduce(0, +) / Double(noise.pixels)
    for (place, variance) in zip(places, variances) where variance > 0 {
      let range = NoiseWeights.range(variance: variance, noiseVariance: noiseVariance)
      let start = Double.log(variance / (variance + Self.halfVariance * mean)) / 2
      parameters[place] = Float(min(max(start, range.lowerBound), range.upperBound))
    }
  }

  /// The covariance of some thousand patches about their mean, `[pixels, pixels]`, added up in one
  /// order.
  private static func covariance(of patches: Matrix) -> [Double] {
    let pixels = patches.columns
    let count = min(patches.rows, max(4 * pixels, 400_000_000 / max(1, pixels * pixels)))
    var sums = [Double](repeating: 0, count: pixels * pixels)
    var mean = [Double](repeating: 0, count: pixels)
    for row in 0..<count {
      for (pixel, value) in patches.row(row).enumerated() { mean[pixel] += Double(value) }
    }
    for pixel in mean.indices { mean[pixel] /= Double(max(1, count)) }
    sums.withUnsafeMutableBufferPointer { sums in
      for row in 0..<count {
        let centred = zip(patches.row(row), mean).map { Double($0) - $1 }
        for (pixel, value) in centred.enumerated() {
          for other in 0...pixel { sums[pixel * pixels + other] += value * centred[other] }
        }
      }
    }
    for pixel in 0..<pixels {
      for other in 0...pixel {
        let mean = sums[pixel * pixels + other] / Double(max(1, count))
        sums[pixel * pixels + other] = mean
        sums[other * pixels + pixel] = mean
      }
    }
    return sums
  }

  /// Number of directions in which noise has a variance each; nil where it has one, σ².
  public var noiseDirections: Int? { layout.noise == nil ? nil : keptDirections.count }

  private var keptDirections: [Int] {
    guard let noise = layout.noise else { return [] }
    return (0..<noise.pixels).filter { parameters[noise.variances + $0] > 0 }
  }

  /// What −log p(x | z) takes of the noise beside the squared error: how many directions count, log σ,
  /// and Σ ρ, by which densities of whitened patches exceed those of patches.
  var noiseMeasure: (directions: Int, logScale: Double, logDeterminant: Double) {
    let logScale = Double(parameters[layout.logNoise])
    guard let noise = layout.noise else { return (layout.pixels, logScale, 0) }
    let kept = keptDirections
    return (
      kept.count, logScale, kept.reduce(0) { $0 + Double(parameters[noise.profile + $1]) }
    )
  }

  /// The decoder where noise has the one deviation σ in all directions.
  public var isotropicDecoder: IsotropicDecoder { IsotropicDecoder(self) }
}

/// A linear decoder as those need it who know isotropic noise only: x' ~ N(Ψᵀz + b', σ²I) of
/// `directions` numbers, x' what `whitened` makes of a patch.
///
/// Of isotropic noise it is the decoder itself.
public struct IsotropicDecoder: Sendable {
  /// Ψ, `[latents, directions]`
  public let filters: Matrix
  /// b', `[directions]`
  public let bias: [Float]
  /// σ²
  public let noiseVariance: Double
  /// −log p(x) less −log p(x'), nats.
  public let logDeterminant: Double
  /// W, `[pixels, directions]`; nil of isotropic noise.
  public let whitening: Matrix?
  /// What takes noise of deviation 1 to pixels, `[directions, pixels]`.
  private let colouring: Matrix?

  fileprivate init(_ model: SparseVAE) {
    noiseVariance = model.noiseVariance
    logDeterminant = model.noiseMeasure.logDeterminant
    guard let noise = model.layout.noise else {
      (filters, bias, whitening, colouring) = (model.filters, model.bias, nil, nil)
      return
    }
    let values = model.parameters
    let kept = (0..<noise.pixels).filter { values[noise.variances + $0] > 0 }
    var whitening = Matrix(rows: noise.pixels, columns: kept.count)
    var colouring = Matrix(rows: kept.count, columns: noise.pixels)
    for (column, direction) in kept.enumerated() {
      let scale = Double.exp(Double(values[noise.profile + direction]))
      for pixel in 0..<noise.pixels {
        let part = values[noise.directions + direction * noise.stride + pixel]
        whitening[pixel, column] = Float(1 / scale) * part
        colouring[column, pixel] = Float(scale * noiseVariance.squareRoot()) * part
      }
    }
    (self.whitening, self.colouring) = (whitening, colouring)
    filters = LinearAlgebra.product(model.filters, whitening)
    bias =
      LinearAlgebra.product(
        Matrix(rows: 1, columns: noise.pixels, elements: model.bias), whitening
      ).elements
  }

  /// x' for each row of `patches` [N, pixels]; `[N, directions]`.
  public func whitened(_ patches: Matrix) -> Matrix {
    whitening.map { LinearAlgebra.product(patches, $0) } ?? patches
  }

  /// The likelihood's noise in pixels, from standard normal numbers, `[N, directions]`.
  public func noise(from normals: Matrix) -> Matrix {
    if let colouring { return LinearAlgebra.product(normals, colouring) }
    var noise = normals
    let deviation = Float(noiseVariance.squareRoot())
    for index in noise.elements.indices { noise.elements[index] *= deviation }
    return noise
  }
}
