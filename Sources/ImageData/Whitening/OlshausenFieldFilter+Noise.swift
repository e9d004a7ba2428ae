import RealModule

extension OlshausenFieldFilter {
  /// What white noise of variance 1 becomes: its covariance between the pixels of a filtered patch,
  /// `[D, D]` row-major.
  public func noiseCovariance(of patch: ImageSize) -> [Double] {
    // The filter's response to one pixel, filtered again, is its autocovariance.
    let reach = 2 * max(patch.height, patch.width) + 32
    let side = 2 * reach + 1
    var impulse = RasterImage(
      height: side, width: side, pixels: [Float](repeating: 0, count: side * side))
    impulse[reach, reach] = 1
    let response = self(self(impulse))
    var covariance: [Double] = []
    covariance.reserveCapacity(patch.area * patch.area)
    for a in 0..<patch.area {
      for b in 0..<patch.area {
        let dy = a / patch.width - b / patch.width
        let dx = a % patch.width - b % patch.width
        covariance.append(Double(response[reach + dy, reach + dx]))
      }
    }
    return covariance
  }

  /// The image of which both a noisy version and an estimate of the filtered version are known, by
  /// least squares, frequency by frequency:
  ///
  /// x̂ = (y/S² + R·ŵ/e²) / (1/S² + R²/e² + 1/P)
  ///
  /// The filter takes out the lowest frequencies and damps the highest: there ŵ says nothing, and y
  /// is weighed against the power spectrum of natural images, P(f) = c/f², with c from y itself.
  ///
  /// - Parameters:
  ///   - noisy: y, with white noise of variance S².
  ///   - filtered: ŵ, of error variance e².
  public func restored(
    noisy: RasterImage, noiseVariance: Double, filtered: RasterImage, errorVariance: Double
  ) -> RasterImage {
    precondition(noisy.size == filtered.size, "\(noisy.size) and \(filtered.size) pixels")
    let (height, width) = (noisy.height, noisy.width)
    func frequency(_ y: Int, _ x: Int) -> Double {
      CosineTransform.frequency(y, x, of: noisy.size)
    }
    var y = CosineTransform(of: noisy)
    // A coefficient of white noise of variance 1 has this variance.
    let unit = Double(4 * height * width)
    let spectrum = spectrumConstant(y, unit: unit, noiseVariance, frequency)
    func weights(_ f: Double) -> (noisy: Double, filtered: Double) {
      let r = response(at: f)
      let total =
        1 / noiseVariance + r * r / errorVariance
        + (f > 0 && spectrum > 0 ? f * f / spectrum : 0)
      return (1 / noiseVariance / total, r / errorVariance / total)
    }
    y.multiply { weights(frequency($0, $1)).noisy }
    var w = CosineTransform(of: filtered)
    w.multiply { weights(frequency($0, $1)).filtered }
    return RasterImage(
      height: height, width: width, pixels: zip(y.inverse(), w.inverse()).map { $0 + $1 })
  }

  /// c of P(f) = c/f², from frequencies that the noise does not drown.
  private func spectrumConstant(
    _ transform: borrowing CosineTransform, unit: Double, _ noiseVariance: Double,
    _ frequency: (Int, Int) -> Double
  ) -> Double {
    var (sum, count) = (0.0, 0)
    // swift-format-ignore: ReplaceForEachWithForLoop
    transform.forEach { y, x, value in
      let f = frequency(y, x)
      guard (0.02...0.2).contains(f) else { return }
      sum += f * f * (value * value / unit - noiseVariance)
      count += 1
    }
    return max(0, sum / Double(max(count, 1)))
  }
}
