import Foundation

/// How the denoising of a picture went.
public struct DenoisingSummary: Hashable, Sendable {
  /// In levels of 255.
  public var noiseSigma: Double
  /// Whether the noise was estimated from the picture.
  public var noiseIsEstimated: Bool
  /// Of the noisy picture, dB; nil without a clean one.
  public var noisyPSNR: Double?
  /// Of the result, dB; nil without a clean one.
  public var psnr: Double?
  /// Patches of the image, overlapping ones included.
  public var patches: Int
  /// Time without reading and writing.
  public var seconds: Double

  /// A summary of these numbers, in the properties' units.
  public init(
    noiseSigma: Double, noiseIsEstimated: Bool, noisyPSNR: Double?, psnr: Double?, patches: Int,
    seconds: Double
  ) {
    self.noiseSigma = noiseSigma
    self.noiseIsEstimated = noiseIsEstimated
    self.noisyPSNR = noisyPSNR
    self.psnr = psnr
    self.patches = patches
    self.seconds = seconds
  }

  /// One flat JSON object.
  public func json() throws -> String {
    try jsonText(
      [
        "noiseSigma": noiseSigma, "noiseIsEstimated": noiseIsEstimated,
        "noisyPSNR": noisyPSNR ?? NSNull(), "psnr": psnr ?? NSNull(), "patches": patches,
        "seconds": seconds,
      ] as [String: Any])
  }

  /// The same for people.
  public var line: String {
    let noise = String(format: "noise σ = %.1f of 255", noiseSigma)
    let psnr = [noisyPSNR, psnr].compactMap { $0 }
    return noise + (noiseIsEstimated ? " (estimated)" : "")
      + (psnr.count == 2 ? String(format: "; PSNR %.2f dB, was %.2f dB", psnr[1], psnr[0]) : "")
      + String(format: "; %d patches in %.1f s", patches, seconds)
  }
}
