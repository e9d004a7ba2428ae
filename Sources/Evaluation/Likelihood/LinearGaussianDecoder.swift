import Compute
import RealModule

/// The decoder x | z ~ N(Φᵀz + b, σ²I), whose latents may share a contrast a, log a ~ N(0, ω²), which
/// scales their prior.
public struct LinearGaussianDecoder: Sendable {
  /// Φ, `[latents, pixels]`.
  public let filters: Matrix
  /// b, one element per pixel.
  public let bias: [Float]
  /// σ² > 0.
  public let noiseVariance: Double
  /// ω, the standard deviation of a patch's log contrast; nil where patches have none.
  public let contrast: Double?
  /// ΦΦᵀ/σ², `[latents, latents]`, row-major.
  let precision: [Double]

  /// Number of latents, K.
  public var latents: Int { filters.rows }
  /// Number of pixels, D.
  public var pixels: Int { filters.columns }

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
    let products = filters.elements.map(Double.init).withUnsafeBufferPointer {
      LinearAlgebra.gram($0, rows: filters.rows)
    }
    precision = products.map { $0 / noiseVariance }
  }

  /// Φᵀz + b for each row of codes, `[patches, latents]`; `[patches, pixels]`.
  public func decode(_ codes: Matrix) -> Matrix {
    var patches = LinearAlgebra.product(codes, filters)
    patches.addToRows(bias)
    return patches
  }
}
