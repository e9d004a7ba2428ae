import RealModule

/// The prior of K Laplace latents that share a contrast a, log a ~ N(0, ω²), with a integrated out.
///
/// p(z | a) is Laplace of scale s·a, so that p(z) depends on T = Σ|zₖ|/s alone:
///
///     log p(z) = F(T) − K·log 2s,  F(T) = log ∫ exp(−K·v − T·e^(−v)) N(v; 0, ω²) dv.
///
/// F is kept in a table over log T, made by the trapezoidal rule, whose error falls exponentially
/// with the number of points.
struct ContrastMixture: Sendable {
  /// F and ∂F/∂log T at equal steps of log T.
  private let table: [(value: Double, slope: Double)]
  private let start: Double
  private let latents: Double
  private let spread: Double

  private static let stepsPerUnit = 64.0
  /// How far log T may be from log K, e^±12 times as much contrast, to be in the table.
  private static let reach = 12.0

  init(latents: Int, spread: Double) {
    (self.latents, self.spread) = (Double(latents), spread)
    start = Double.log(Double(latents)) - Self.reach
    let (start, count) = (start, Double(latents))
    table = (0...Int(2 * Self.reach * Self.stepsPerUnit)).map { index in
      let total = Double.exp(start + Double(index) / Self.stepsPerUnit)
      let found = Self.integrated(total, latents: count, spread: spread)
      return (found.value, found.slope * total)
    }
  }

  /// F(T) and ∂F/∂T = −E[1/a | T].
  func logMass(_ total: Double) -> (value: Double, slope: Double) {
    let place = (Double.log(total) - start) * Self.stepsPerUnit
    guard place >= 0, place < Double(table.count - 1) else {
      return Self.integrated(total, latents: latents, spread: spread)
    }
    // The cubic that has both values and both slopes.
    let (low, high) = (table[Int(place)], table[Int(place) + 1])
    let (t, width) = (place - place.rounded(.down), 1 / Self.stepsPerUnit)
    let rise = high.value - low.value
    let (a, b) = (low.slope * width - rise, rise - high.slope * width)
    let value = (1 - t) * low.value + t * high.value + t * (1 - t) * ((1 - t) * a + t * b)
    let slope =
      rise + (1 - 2 * t) * ((1 - t) * a + t * b) + t * (1 - t) * (b - a)
    return (value, slope / width / total)
  }

  /// By the trapezoidal rule about the integrand's peak, as far as it matters.
  private static func integrated(
    _ total: Double, latents: Double, spread: Double
  ) -> (value: Double, slope: Double) {
    guard total.isFinite, total >= 0 else { return (.nan, .nan) }
    let precision = 1 / (spread * spread)
    // The peak v = ω²(g − K), where g = T·e^(−v): Newton's method in log g; with T = 0, g = 0.
    var peak = -latents / precision
    if total > 0 {
      let logTotal = Double.log(total)
      var logGain = min(Double.log(latents), logTotal + latents / precision)
      for _ in 0..<60 {
        let gain = Double.exp(logGain)
        logGain += (logTotal + (latents - gain) / precision - logGain) / (1 + gain / precision)
      }
      peak = (Double.exp(logGain) - latents) / precision
    }
    func exponent(_ v: Double) -> Double {
      -latents * v - total * .exp(-v) - v * v * precision / 2
    }
    let top = exponent(peak)
    let step = 0.3 / (total * .exp(-peak) + precision).squareRoot()
    var (mass, inverse) = (1.0, Double.exp(-peak))
    for direction in [-step, step] {
      for index in 1...10_000 {
        let v = peak + Double(index) * direction
        let share = Double.exp(exponent(v) - top)
        mass += share
        inverse += share * .exp(-v)
        if share < 1e-18 { break }
      }
    }
    return (
      top + .log(mass * step) + .log(precision / (2 * .pi)) / 2, -inverse / mass
    )
  }
}
