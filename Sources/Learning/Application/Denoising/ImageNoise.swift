import Foundation
import ImageData

extension RasterImage {
  /// The standard deviation of white noise on the image, by the median of its finest diagonal
  /// details: median |d| / 0.6745 with d = (x₀₀ − x₀₁ − x₁₀ + x₁₁)/2.
  ///
  /// Donoho & Johnstone 1994, doi:10.1093/biomet/81.3.425. Texture makes it read a little too high.
  /// Of all channels together.
  public var estimatedNoise: Double {
    var details: [Float] = []
    for image in (0..<channels).map(channel) {
      for y in stride(from: 0, to: height - 1, by: 2) {
        for x in stride(from: 0, to: width - 1, by: 2) {
          let d = image[y, x] - image[y, x + 1] - image[y + 1, x] + image[y + 1, x + 1]
          details.append(abs(d) / 2)
        }
      }
    }
    if details.isEmpty { return 0 }
    details.sort()
    return Double(details[details.count / 2]) / 0.6745
  }

  /// 10·log₁₀(1/MSE), in dB, for pixels from 0 to 1; infinite where the images are equal.
  public func peakSignalToNoise(against other: RasterImage) -> Double {
    precondition(
      size == other.size && channels == other.channels, "\(size) and \(other.size) pixels")
    let sum = zip(pixels, other.pixels).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    return 10 * log10(Double(pixels.count) / sum)
  }
}
