import RealModule

/// A two-dimensional Gabor function: a plane wave under a Gaussian envelope, on an offset.
///
///     g(x, y) = A·exp(−u²/2σᵤ² − v²/2σᵥ²)·cos(2πf·u + φ) + c
///     u =  (x − x₀)·cos θ + (y − y₀)·sin θ
///     v = −(x − x₀)·sin θ + (y − y₀)·cos θ
///
/// x counts columns rightwards and y rows downwards, both from 0 at the first pixel's centre.
public struct GaborFunction: Hashable, Sendable, Codable {
  /// x₀ in pixels.
  public var centreX: Double
  /// y₀ in pixels.
  public var centreY: Double
  /// σᵤ: the envelope's standard deviation along the wave (across the stripes), in pixels.
  public var width: Double
  /// σᵥ: the envelope's standard deviation along the stripes, in pixels.
  public var length: Double
  /// θ ∈ [0, π): the direction in which the wave varies, from the x axis towards the y axis, in
  /// radians. The stripes run at right angles to it.
  public var orientation: Double
  /// f in cycles/pixel.
  public var frequency: Double
  /// φ ∈ (−π, π] in radians: 0 is even about the centre, ±π/2 odd.
  public var phase: Double
  /// A ≥ 0, in the filter's unit.
  public var amplitude: Double
  /// c, in the filter's unit.
  public var offset: Double

  /// A function of these parameters, in the units of the properties.
  public init(
    centreX: Double, centreY: Double, width: Double, length: Double, orientation: Double,
    frequency: Double, phase: Double, amplitude: Double, offset: Double = 0
  ) {
    self.centreX = centreX
    self.centreY = centreY
    self.width = width
    self.length = length
    self.orientation = orientation
    self.frequency = frequency
    self.phase = phase
    self.amplitude = amplitude
    self.offset = offset
  }

  /// g at column `x` and row `y`.
  public func value(x: Double, y: Double) -> Double {
    let (dx, dy) = (x - centreX, y - centreY)
    let u = dx * .cos(orientation) + dy * .sin(orientation)
    let v = dy * .cos(orientation) - dx * .sin(orientation)
    let envelope = Double.exp(-u * u / (2 * width * width) - v * v / (2 * length * length))
    return amplitude * envelope * .cos(2 * .pi * frequency * u + phase) + offset
  }

  /// g on every pixel of a patch, row after row.
  public func values(height: Int, width: Int) -> [Double] {
    (0..<height * width).map { value(x: Double($0 % width), y: Double($0 / width)) }
  }

  /// Whether its wave can be seen in a patch of that size, so that orientation, frequency, phase
  /// and amplitude mean something. Without, it is a blob or an edge: many a wave gives the same
  /// pixels.
  ///
  /// At least half a cycle lies within the patch and within the envelope's width at half its
  /// height, 2·√(2·ln 2)·σᵤ; no pixels are skipped along x or y, f·|cos θ| and f·|sin θ| ≤ ½; and a
  /// pixel reaches half the amplitude. The bandwidth is then below 4 octaves.
  public func hasCarrier(height: Int, width patchWidth: Int) -> Bool {
    let (cosine, sine) = (abs(Double.cos(orientation)), abs(Double.sin(orientation)))
    let extent = Double(patchWidth) * cosine + Double(height) * sine
    let seen = min(2 * Double.sqrt(2 * .log(2)) * width, extent)
    let reach = values(height: height, width: patchWidth).lazy.map { abs($0 - offset) }.max() ?? 0
    return frequency * seen >= 0.5 && frequency * max(cosine, sine) <= 0.5
      && reach >= amplitude / 2
  }

  /// σᵥ/σᵤ: how much longer than wide the envelope is.
  public var aspectRatio: Double { length / width }

  /// The width of the spectrum at half its peak amplitude, in octaves:
  /// log₂((f + Δ)/(f − Δ)) with Δ = √(2·ln 2)/(2πσᵤ); infinite for f ≤ Δ, where the spectrum
  /// reaches to zero.
  public var bandwidth: Double {
    let half = Double.sqrt(2 * .log(2)) / (2 * .pi * width)
    if frequency <= half { return .infinity }
    return .log((frequency + half) / (frequency - half)) / .log(2)
  }
}
