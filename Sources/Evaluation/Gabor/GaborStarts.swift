import RealModule

/// Where the fits of Gabor functions start: the strongest waves in a filter, each at the place
/// where it is strongest.
struct GaborStarts: Sendable {
  let height: Int
  let width: Int
  /// Waves to start from, at most.
  var waves = 3
  private let blurX: [Double]
  private let blurY: [Double]

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
    blurX = gaussianBlur(side: width)
    blurY = gaussianBlur(side: height)
  }

  /// Starting parameters x₀, y₀, σᵤ, σᵥ, θ, f for the filter `target`: each wave with a small, an
  /// elongated and a large envelope.
  func parameters(for target: [Double]) -> [[Double]] {
    let side = Double(min(height, width))
    let envelopes = [(side / 8, side / 8), (side / 8, side / 4), (side / 4, side / 4)]
    return strongestWaves(in: target).flatMap { wave in
      let centre = place(of: wave, in: target)
      let frequency = Double.sqrt(wave.x * wave.x + wave.y * wave.y)
      let angle = Double.atan2(y: wave.y, x: wave.x)
      return envelopes.map { [centre.x, centre.y, $0.0, $0.1, angle, frequency] }
    }
  }

  /// The frequencies, in cycles/pixel, of the highest peaks in the power spectrum of the filter
  /// padded with zeros to twice its size.
  private func strongestWaves(in target: [Double]) -> [SIMD2<Double>] {
    let (rows, columns) = (2 * height, width + 1)
    let spectrum = powerSpectrum(of: target)
    // Columns beyond the half that is stored are those at the negated frequency.
    func power(_ i: Int, _ j: Int) -> Double {
      let mirrored = j < 0 || j > width
      let row = (mirrored ? -i : i) + 2 * rows
      let column = j < 0 ? -j : (j > width ? 2 * width - j : j)
      return spectrum[row % rows * columns + column]
    }
    var peaks: [(power: Double, wave: SIMD2<Double>)] = []
    for i in 0..<rows {
      for j in 0..<columns {
        // On the edges of the half-plane every peak stands twice.
        if (j == 0 || j == width) && i > height { continue }
        let here = power(i, j)
        let isPeak = (-1...1).allSatisfy { di in
          (-1...1).allSatisfy { dj in power(i + di, j + dj) <= here }
        }
        if isPeak {
          let signed = i > height ? i - rows : i
          let wave = SIMD2(Double(j) / Double(2 * width), Double(signed) / Double(rows))
          peaks.append((here, wave))
        }
      }
    }
    return peaks.sorted { $0.power > $1.power }.prefix(waves).map(\.wave)
  }

  /// |DFT|² at the frequencies i/(2·height), j/(2·width), `[2·height, width + 1]`.
  private func powerSpectrum(of target: [Double]) -> [Double] {
    let (rows, columns) = (2 * height, width + 1)
    let turnsX = (0..<2 * width).map { turn(Double($0) / Double(2 * width)) }
    let turnsY = (0..<rows).map { turn(Double($0) / Double(rows)) }
    var partial = [SIMD2<Double>](repeating: .zero, count: height * columns)
    for y in 0..<height {
      for j in 0..<columns {
        var sum = SIMD2<Double>.zero
        for x in 0..<width {
          let turn = turnsX[x * j % (2 * width)]
          sum += target[y * width + x] * turn
        }
        partial[y * columns + j] = sum
      }
    }
    var powers = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = SIMD2<Double>.zero
        for y in 0..<height {
          let (value, turn) = (partial[y * columns + j], turnsY[y * i % rows])
          sum += SIMD2(value.x * turn.x - value.y * turn.y, value.x * turn.y + value.y * turn.x)
        }
        powers[i * columns + j] = (sum * sum).sum()
      }
    }
    return powers
  }

  /// The pixel where the wave's local amplitude is greatest: the filter demodulated and blurred.
  private func place(of wave: SIMD2<Double>, in target: [Double]) -> SIMD2<Double> {
    var rows = [SIMD2<Double>](repeating: .zero, count: height * width)
    for y in 0..<height {
      let base = (0..<width).map { x in
        target[y * width + x] * turn(wave.x * Double(x) + wave.y * Double(y))
      }
      for centre in 0..<width {
        var sum = SIMD2<Double>.zero
        for x in 0..<width { sum += blurX[centre * width + x] * base[x] }
        rows[y * width + centre] = sum
      }
    }
    var best = (power: -1.0, place: SIMD2<Double>.zero)
    for centre in 0..<height {
      for x in 0..<width {
        var sum = SIMD2<Double>.zero
        for y in 0..<height {
          let weight = blurY[centre * height + y]
          sum += rows[y * width + x] * weight
        }
        let power = (sum * sum).sum()
        if power > best.power { best = (power, SIMD2(Double(x), Double(centre))) }
      }
    }
    return best.place
  }
}

/// e^{−2πi·cycles}.
private func turn(_ cycles: Double) -> SIMD2<Double> {
  SIMD2(.cos(2 * .pi * cycles), -.sin(2 * .pi * cycles))
}

/// Gaussian weights with a standard deviation of a sixth of the side, `[centre, pixel]`.
private func gaussianBlur(side: Int) -> [Double] {
  let deviation = Double(side) / 6
  return (0..<side * side).map {
    let distance = Double($0 / side - $0 % side) / deviation
    return .exp(-distance * distance / 2)
  }
}
