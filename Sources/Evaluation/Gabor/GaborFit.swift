import Compute
import RealModule

/// The Gabor function that comes closest to a filter.
public struct GaborFit: Hashable, Sendable, Codable {
  /// The function, in the filter's own unit.
  public let function: GaborFunction
  /// R² = 1 − Σ(w − g)²/Σ(w − w̄)², the share of the filter's variance that the function explains;
  /// 0 for a filter that is constant or not finite.
  public let rSquared: Double
  /// Whether the function's wave can be seen: see `GaborFunction.hasCarrier`. Without, only its
  /// centre says something of the filter.
  public let hasCarrier: Bool
  /// How the fit came to its end.
  public let status: FitStatus
}

/// Fits Gabor functions to filters by nonlinear least squares.
///
/// Levenberg and Marquardt's method with analytic derivatives, from up to nine starts taken from
/// the filter's spectrum; all make eight steps, and the best three are brought to an end. The
/// centre is kept inside the patch, both widths between half a pixel and the patch's longer side,
/// the frequency below √½ cycles/pixel.
///
/// Noise reaches R² = 0.5 rarely (`ofNoise`) and 0.8 never.
public struct GaborFitter: Sendable {
  /// How often noise is taken for a Gabor function at R² > 0.5.
  ///
  /// Of 4,000 white-noise filters of 12 × 12 pixels none had R² > 0.3 (median 0.14); of 4,000 noise
  /// filters with the covariance of whitened photographs 0.4 % had R² > 0.5 and none 0.8 (median
  /// 0.29).
  public static let ofNoise =
    "0.4 % of noise filters with the data’s covariance reach R² = 0.5, and no white ones"

  /// Rows of a patch.
  public let height: Int
  /// Columns of a patch.
  public let width: Int
  /// Most steps of each of the fits that are brought to an end.
  public var iterationLimit = 100
  private let starts: GaborStarts

  /// A fitter for patches of that size in pixels, at least 3 × 3.
  public init(height: Int, width: Int) {
    precondition(height > 2 && width > 2, "Gabor functions on patches of \(height) × \(width)")
    self.height = height
    self.width = width
    starts = GaborStarts(height: height, width: width)
  }

  /// Fits every filter of Φ, `[latents, height·width]`.
  public func fits(of filters: Matrix, team: ThreadTeam) -> [GaborFit] {
    precondition(
      filters.columns == height * width,
      "filters of \(filters.columns) pixels for patches of \(height) × \(width)")
    return team.map(filters.rows) { fit(filters.row($0).map(Double.init)) }
  }

  /// Fits one filter of height·width pixels, row after row.
  public func fit(_ filter: [Double]) -> GaborFit {
    precondition(
      filter.count == height * width, "\(filter.count) pixels for \(height) × \(width)")
    let mean = filter.reduce(0, +) / Double(filter.count)
    let norm = Double.sqrt(filter.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    if !(norm.isFinite && norm > 1e-12 * abs(mean)) || norm == 0 { return degenerate(mean) }
    let problem = GaborProblem(
      height: height, width: width, target: filter.map { ($0 - mean) / norm })

    let screening = LevenbergMarquardt(iterationLimit: 8)
    var states = starts.parameters(for: problem.target).map { start in
      var state = screening.start(problem, at: problem.withBestLinearParameters(start))
      screening.solve(problem, &state)
      return state
    }
    states.sort { $0.sumOfSquares < $1.sumOfSquares }
    let finishing = LevenbergMarquardt(iterationLimit: iterationLimit)
    let finished = states.prefix(3).map { state in
      var state = state
      finishing.solve(problem, &state)
      return state
    }
    guard let best = finished.min(by: { $0.sumOfSquares < $1.sumOfSquares }) else {
      return degenerate(mean)
    }
    let function = function(best.parameters, mean: mean, scale: norm)
    return GaborFit(
      function: function, rSquared: 1 - best.sumOfSquares,
      hasCarrier: function.hasCarrier(height: height, width: width), status: best.status)
  }

  /// The function of the parameters, its angles brought into their ranges.
  private func function(_ p: [Double], mean: Double, scale: Double) -> GaborFunction {
    var phase = Double.atan2(y: -p[7], x: p[6])
    let halfTurns = (p[4] / .pi).rounded(.down)
    var orientation = p[4] - halfTurns * .pi
    if orientation >= .pi { orientation = 0 }
    // Half a turn negates u, and with it the phase.
    if halfTurns.truncatingRemainder(dividingBy: 2) != 0 { phase = -phase }
    if phase == -.pi { phase = .pi }
    return GaborFunction(
      centreX: p[0], centreY: p[1], width: p[2], length: p[3], orientation: orientation,
      frequency: p[5], phase: phase,
      amplitude: scale * .sqrt(p[6] * p[6] + p[7] * p[7]), offset: mean + scale * p[8])
  }

  private func degenerate(_ mean: Double) -> GaborFit {
    let flat = GaborFunction(
      centreX: Double(width - 1) / 2, centreY: Double(height - 1) / 2, width: 1, length: 1,
      orientation: 0, frequency: 0, phase: 0, amplitude: 0, offset: mean)
    return GaborFit(function: flat, rSquared: 0, hasCarrier: false, status: .degenerate)
  }
}
