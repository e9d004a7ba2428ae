import RealModule

/// Whitens whole images by R(f) = f·exp(−(f/f₀)⁴), with f in cycles/pixel.
///
/// The rising ramp cancels the 1/f amplitude spectrum of natural images, the falling end keeps
/// what lies beyond the camera's resolution from being amplified.
/// Olshausen & Field 1997, doi:10.1016/S0042-6989(97)00169-7; their f₀ of 200 cycles per picture
/// of 512 pixels is 0.4 cycles/pixel.
///
/// The image continues as its own mirror image beyond its borders, so there is no jump that would
/// ring into the picture. Of such an image the cosine transform is the Fourier transform.
public struct OlshausenFieldFilter: Hashable, Sendable {
  /// f₀, cycles/pixel.
  public var cutoff: Double

  /// The filter of cutoff f₀, in cycles/pixel.
  public init(cutoff: Double = 0.4) {
    precondition(cutoff > 0, "a cutoff of \(cutoff) cycles/pixel")
    self.cutoff = cutoff
  }

  /// R(f), for `frequency` f in cycles/pixel.
  public func response(at frequency: Double) -> Double {
    let ratio = frequency / cutoff
    return frequency * .exp(-ratio * ratio * ratio * ratio)
  }

  /// The whitened image: mean 0, not yet scaled.
  ///
  /// - Complexity: O(n log n) in the number of pixels
  public func callAsFunction(_ image: RasterImage) -> RasterImage {
    var transform = CosineTransform(of: image)
    transform.multiply { response(at: CosineTransform.frequency($0, $1, of: image.size)) }
    return RasterImage(height: image.height, width: image.width, pixels: transform.inverse())
  }
}
