import Compute
import RealModule

/// The fit of a Gabor function to one filter, as a sum of squares.
///
/// The parameters are x₀, y₀, σᵤ, σᵥ, θ, f and, linear, a, b, c in
///
///     g = e·(a·cos 2πfu + b·sin 2πfu) + c,   e = exp(−u²/2σᵤ² − v²/2σᵥ²);
///
/// amplitude and phase in this form make a well-conditioned problem.
struct GaborProblem: LeastSquaresProblem {
  let height: Int
  let width: Int
  /// The filter's pixels, row after row.
  let target: [Double]
  let lowerBounds: [Double]
  let upperBounds: [Double]

  var parameterCount: Int { 9 }
  var residualCount: Int { target.count }

  init(height: Int, width: Int, target: [Double]) {
    self.height = height
    self.width = width
    self.target = target
    let side = Double(max(height, width))
    let free = Double.infinity
    lowerBounds = [0, 0, 0.5, 0.5, -free, 0, -free, -free, -free]
    // √½ cycles/pixel is the highest frequency there is, along a diagonal.
    upperBounds = [
      Double(width - 1), Double(height - 1), side, side, free, .sqrt(0.5), free, free, free,
    ]
  }

  func residuals(
    at parameters: [Double], into residuals: UnsafeMutableBufferPointer<Double>
  ) {
    let (a, b, c) = (parameters[6], parameters[7], parameters[8])
    target.withUnsafeBufferPointer { target in
      forEachPixel(parameters) { pixel, point in
        residuals[pixel] =
          point.envelope * (a * point.cosine + b * point.sine) + c - target[pixel]
      }
    }
  }

  func linearize(
    at parameters: [Double], residuals: UnsafeMutableBufferPointer<Double>,
    jacobian: UnsafeMutableBufferPointer<Double>
  ) {
    let (across, along) = (parameters[2], parameters[3])
    let (cosTheta, sinTheta) = (Double.cos(parameters[4]), Double.sin(parameters[4]))
    let waveNumber = 2 * Double.pi * parameters[5]
    let (a, b, c) = (parameters[6], parameters[7], parameters[8])
    let (inverseU, inverseV) = (1 / (across * across), 1 / (along * along))
    let count = residualCount
    target.withUnsafeBufferPointer { target in
      forEachPixel(parameters) { pixel, point in
        let (u, v) = (point.u, point.v)
        let value = point.envelope * (a * point.cosine + b * point.sine)
        let turned = point.envelope * (b * point.cosine - a * point.sine)
        let byU = waveNumber * turned - u * inverseU * value
        let byV = -v * inverseV * value
        residuals[pixel] = value + c - target[pixel]
        jacobian[pixel] = sinTheta * byV - cosTheta * byU
        jacobian[count + pixel] = -sinTheta * byU - cosTheta * byV
        jacobian[2 * count + pixel] = value * u * u * inverseU / across
        jacobian[3 * count + pixel] = value * v * v * inverseV / along
        jacobian[4 * count + pixel] = v * byU - u * byV
        jacobian[5 * count + pixel] = 2 * .pi * u * turned
        jacobian[6 * count + pixel] = point.envelope * point.cosine
        jacobian[7 * count + pixel] = point.envelope * point.sine
        jacobian[8 * count + pixel] = 1
      }
    }
  }

  /// The parameters with a, b and c replaced by their least-squares values given the others.
  func withBestLinearParameters(_ parameters: [Double]) -> [Double] {
    var system = [Double](repeating: 0, count: 9)
    var solution = [Double](repeating: 0, count: 3)
    forEachPixel(parameters) { pixel, point in
      let columns = (point.envelope * point.cosine, point.envelope * point.sine)
      system[0] += columns.0 * columns.0
      system[1] += columns.0 * columns.1
      system[2] += columns.0
      system[4] += columns.1 * columns.1
      system[5] += columns.1
      solution[0] += columns.0 * target[pixel]
      solution[1] += columns.1 * target[pixel]
      solution[2] += target[pixel]
    }
    system[8] = Double(residualCount)
    (system[3], system[6], system[7]) = (system[1], system[2], system[5])
    // A touch of damping: the sine vanishes with the frequency.
    for i in 0..<3 { system[4 * i] += 1e-9 * (system[0] + system[4] + system[8]) }
    guard let factor = CholeskyFactor(system, order: 3) else {
      return parameters[..<6] + [0, 0, 0]
    }
    factor.solve(&solution)
    return parameters[..<6] + solution
  }

  /// What the function is made of at one pixel.
  private struct Point {
    var u: Double
    var v: Double
    var envelope: Double
    /// cos 2πfu.
    var cosine: Double
    /// sin 2πfu.
    var sine: Double
  }

  /// Calls `body` for every pixel, row after row.
  private func forEachPixel(_ parameters: [Double], _ body: (Int, Point) -> Void) {
    let (cosTheta, sinTheta) = (Double.cos(parameters[4]), Double.sin(parameters[4]))
    let waveNumber = 2 * Double.pi * parameters[5]
    let halfU = -0.5 / (parameters[2] * parameters[2])
    let halfV = -0.5 / (parameters[3] * parameters[3])
    // The wave is a product of one along x and one along y: a sine and cosine per column and row.
    withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: width) { columns in
      for x in 0..<width {
        let phase = waveNumber * cosTheta * (Double(x) - parameters[0])
        columns.initializeElement(at: x, to: SIMD2(.cos(phase), .sin(phase)))
      }
      for y in 0..<height {
        let dy = Double(y) - parameters[1]
        let rowPhase = waveNumber * sinTheta * dy
        let row = SIMD2<Double>(.cos(rowPhase), .sin(rowPhase))
        for x in 0..<width {
          let dx = Double(x) - parameters[0]
          let u = dx * cosTheta + dy * sinTheta
          let v = dy * cosTheta - dx * sinTheta
          let column = columns[x]
          body(
            y * width + x,
            Point(
              u: u, v: v, envelope: .exp(halfU * u * u + halfV * v * v),
              cosine: column.x * row.x - column.y * row.y,
              sine: column.y * row.x + column.x * row.y))
        }
      }
    }
  }
}
