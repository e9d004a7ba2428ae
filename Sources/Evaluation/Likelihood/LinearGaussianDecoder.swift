import Compute
import RealModule

/// The decoder x | z ~ N(Φᵀz + b, σ²I); with a contrast x | u, v ~ N(e^v·Φᵀu + b, σ²I), where u has the
/// latents' prior and v ~ N(0, ω²) is one more coordinate, the last.
public struct LinearGaussianDecoder: Sendable {
  /// Φ, `[latents, pixels]`.
  public let filters: Matrix
  /// b, one element per pixel.
  public let bias: [Float]
  /// σ² > 0.
  public let noiseVariance: Double
  /// ω, the standard deviation of a patch's log contrast; nil where patches have none.
  public let contrast: Double?
  /// ΦΦᵀ, `[latents, latents]`.
  fileprivate let gram: Matrix

  /// Number of latents, K.
  public var latents: Int { filters.rows }
  /// Number of pixels, D.
  public var pixels: Int { filters.columns }
  /// What chains move in: the latents and, where there is one, the log contrast.
  public var coordinates: Int { latents + (contrast == nil ? 0 : 1) }

  /// x = Φᵀz + b + ε with ε ~ N(0, σ²I).
  public init(
    filters: Matrix, bias: [Float], noiseVariance: Double, contrast: Double? = nil
  ) {
    precondition(
      bias.count == filters.columns, "\(bias.count) biases for \(filters.columns) pixels")
    precondition(noiseVariance > 0, "a noise variance of \(noiseVariance)")
    self.filters = filters
    self.bias = bias
    self.noiseVariance = noiseVariance
    self.contrast = contrast
    gram = LinearAlgebra.product(filters, filters, transposeB: true)
  }

  /// log p(x|z) as a function of z, for a patch x of `pixels` elements.
  public func likelihood(of patch: some Collection<Float>) -> LinearGaussianLikelihood {
    LinearGaussianLikelihood(decoder: self, patch: patch)
  }

  /// z of each row of coordinates, `[chains, latents]`: u, or e^v·u.
  func latents(of coordinates: Matrix) -> Matrix {
    guard contrast != nil else { return coordinates }
    var codes = Matrix(rows: coordinates.rows, columns: latents)
    for row in 0..<codes.rows {
      let factor = Float(Double.exp(Double(coordinates[row, latents])))
      for latent in 0..<latents { codes[row, latent] = factor * coordinates[row, latent] }
    }
    return codes
  }

  /// Φᵀz + b for each row of coordinates; `[chains, pixels]`.
  public func decode(_ coordinates: Matrix) -> Matrix {
    var patches = LinearAlgebra.product(latents(of: coordinates), filters)
    patches.addToRows(bias)
    return patches
  }
}

/// log p(x|z) = −‖x − b − Φᵀz‖²/2σ² − (D/2)·log 2πσ² for one patch x, as a function of the coordinates
/// that its decoder has.
///
/// Values come from the residual, so that rounding to Float costs about 10⁻⁷ of them; scores come
/// from ΦΦᵀ, which is cheaper, and need no more than to be the same function every time.
public struct LinearGaussianLikelihood: Sendable {
  private let decoder: LinearGaussianDecoder
  /// x − b.
  private let target: Matrix
  /// Φ(x − b)/σ².
  private let drive: Matrix

  fileprivate init(decoder: LinearGaussianDecoder, patch: some Collection<Float>) {
    precondition(
      patch.count == decoder.pixels, "\(patch.count) pixels for a decoder of \(decoder.pixels)")
    self.decoder = decoder
    target = Matrix(
      rows: 1, columns: decoder.pixels, elements: zip(patch, decoder.bias).map { $0 - $1 })
    var drive = LinearAlgebra.product(target, decoder.filters, transposeB: true)
    let precision = Float(1 / decoder.noiseVariance)
    for k in drive.elements.indices { drive.elements[k] *= precision }
    self.drive = drive
  }

  /// Number of latents, K.
  public var latents: Int { decoder.latents }
  /// ω, where there is a contrast.
  public var contrast: Double? { decoder.contrast }
  /// What chains move in.
  public var coordinates: Int { decoder.coordinates }

  /// −∂² log p(x|z)/∂zₖ² = ‖φₖ‖²/σ² for each latent, and ‖x − b‖²/σ² for a log contrast, whose curvature
  /// that is where the reconstruction is good; steps of samplers are measured by it.
  public var curvatures: [Double] {
    let energy = target.elements.reduce(0) { $0 + Double($1) * Double($1) }
    return (0..<latents).map { Double(decoder.gram[$0, $0]) / decoder.noiseVariance }
      + (contrast == nil ? [] : [energy / decoder.noiseVariance])
  }

  /// Writes log p(x|z) in nats of each row of `codes`, `[chains, coordinates]`, from the residual.
  public func logLikelihoods(of codes: Matrix, into values: inout [Double]) {
    let predictions = LinearAlgebra.product(decoder.latents(of: codes), decoder.filters)
    let constant =
      -0.5 * Double(decoder.pixels) * .log(2 * .pi * decoder.noiseVariance)
    for chain in 0..<codes.rows {
      var squares = 0.0
      for (pixel, prediction) in zip(target.elements, predictions.row(chain)) {
        let residual = Double(pixel) - Double(prediction)
        squares += residual * residual
      }
      values[chain] = constant - squares / (2 * decoder.noiseVariance)
    }
  }

  /// Writes the derivatives of log p(x|z) at each row of `codes`, both `[chains, coordinates]`: by z
  /// Φ(x − b − Φᵀz)/σ², from ΦΦᵀ, by u that times e^v, and by v Σ zₖ times that of zₖ.
  public func scores(of codes: Matrix, into scores: inout Matrix) {
    guard contrast != nil else { return latentScores(of: codes, into: &scores) }
    let z = decoder.latents(of: codes)
    var byLatent = z
    latentScores(of: z, into: &byLatent)
    for row in 0..<codes.rows {
      let factor = Float(Double.exp(Double(codes[row, latents])))
      var sum = 0.0
      for latent in 0..<latents {
        scores[row, latent] = factor * byLatent[row, latent]
        sum += Double(z[row, latent]) * Double(byLatent[row, latent])
      }
      scores[row, latents] = Float(sum)
    }
  }

  private func latentScores(of codes: Matrix, into scores: inout Matrix) {
    let chains = codes.rows
    codes.elements.withUnsafeBufferPointer { codes in
      decoder.gram.elements.withUnsafeBufferPointer { gram in
        scores.elements.withUnsafeMutableBufferPointer { scores in
          for index in scores.indices { scores[index] = drive.elements[index % latents] }
          guard
            let codes = codes.baseAddress, let gram = gram.baseAddress,
            let scores = scores.baseAddress
          else { return }
          LinearAlgebra.multiply(
            rows: chains, columns: latents, inner: latents,
            alpha: Float(-1 / decoder.noiseVariance), codes, strideA: latents, gram,
            strideB: latents, beta: 1, scores, strideC: latents)
        }
      }
    }
  }
}
