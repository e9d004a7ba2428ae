import RealModule

/// The temperatures of one patch and how far trajectories turn at each, as pilot chains found them.
///
/// Pilot chains have random numbers of their own, and what they find is kept, so that weights stay
/// unbiased.
struct AnnealingPath {
  /// 0 = β₀ < … < β_T = 1
  let betas: [Double]
  /// The angle of a turn at each.
  let angles: [Double]

  /// Temperatures that pilots stop at, and transitions at each.
  private static let stops = 32
  private static let transitions = 3
  /// A trajectory need not turn further than a quarter: the Gaussian has then forgotten its start.
  private static let widestTrajectory = 1.6

  /// Steps of β are in inverse proportion to the standard deviation of h, which makes the variance
  /// of log w the least where chains forget quickly; log of the angle follows the difference between
  /// the rate of acceptance and its target.
  ///
  /// - Parameter hasWideTails: whether the prior has no variance. Its far latents, which pilots do not
  ///   meet, come in where 1 − β is small: half of the temperatures are then at equal steps of
  ///   log(1 − β).
  init(
    temperatures: Int, leapfrogSteps: Int, targetAcceptance: Double, hasWideTails: Bool,
    pilots: HamiltonianChains, noise: HamiltonianChains.Noise
  ) {
    var noise = noise
    let widest = Self.widestTrajectory / Double(leapfrogSteps)
    var (angle, places, angles) = (widest, [0.0], [widest])
    pilots.start(using: &noise)
    var deviations = [Self.deviation(pilots.excess)]
    for stop in 1...Self.stops {
      let rest = 1 - Double(stop) / Double(Self.stops)
      let beta = 1 - rest * rest * rest
      var deviation = 0.0
      for _ in 0..<Self.transitions {
        let accepted = pilots.transition(
          inverseTemperature: beta, angle: angle, using: &noise)
        let acceptance = accepted.reduce(0, +) / Double(accepted.count)
        angle = min(max(angle * .exp(0.3 * (acceptance - targetAcceptance)), 1e-4), widest)
        deviation += Self.deviation(pilots.excess) / Double(Self.transitions)
      }
      places.append(beta)
      angles.append(angle)
      deviations.append(deviation)
    }
    (betas, self.angles) = Self.spaced(
      temperatures, places, deviations, angles, hasWideTails: hasWideTails)
  }

  /// The least 1 − β that temperatures are spread down to for wide tails.
  private static let nearest = 1e-6

  /// β at equal steps of ∫ deviation dβ, and the angles there.
  static func spaced(
    _ temperatures: Int, _ places: [Double], _ deviations: [Double], _ angles: [Double],
    hasWideTails: Bool = false
  ) -> (betas: [Double], angles: [Double]) {
    if hasWideTails { return widelySpaced(temperatures, places, deviations, angles) }
    // No stretch is skipped because its deviation came out small.
    let least = 1e-3 * (deviations.max() ?? 0) + 1e-9
    var lengths = [0.0]
    for stop in 1..<places.count {
      let mean = max((deviations[stop - 1] + deviations[stop]) / 2, least)
      lengths.append(lengths[stop - 1] + mean * (places[stop] - places[stop - 1]))
    }
    var (betas, found, stop) = ([0.0], [angles[0]], 1)
    for step in 1..<max(temperatures, 1) {
      let length = lengths[places.count - 1] * Double(step) / Double(temperatures)
      while stop < places.count - 1, lengths[stop] < length { stop += 1 }
      let share = (length - lengths[stop - 1]) / (lengths[stop] - lengths[stop - 1])
      betas.append(places[stop - 1] + share * (places[stop] - places[stop - 1]))
      found.append(angles[stop - 1] + share * (angles[stop] - angles[stop - 1]))
    }
    return (betas + [1], found + [angles[angles.count - 1]])
  }

  /// Half of the steps as without wide tails, and half at equal steps of log(1 − β).
  private static func widelySpaced(
    _ temperatures: Int, _ places: [Double], _ deviations: [Double], _ angles: [Double]
  ) -> (betas: [Double], angles: [Double]) {
    let half = max(1, temperatures / 2)
    let (near, turns) = spaced(half, places, deviations, angles)
    let others = temperatures - half
    let far = (0..<others).map { index in
      1 - Double.exp(Double.log(nearest) * Double(index + 1) / Double(others + 1))
    }
    let betas = (near + far).sorted()
    var stop = 1
    let found = betas.map { beta in
      while stop < half, near[stop] < beta { stop += 1 }
      let share = (beta - near[stop - 1]) / (near[stop] - near[stop - 1])
      return turns[stop - 1] + share * (turns[stop] - turns[stop - 1])
    }
    return (betas, found)
  }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count - 1)).squareRoot()
    return deviation.isFinite ? deviation : 0
  }
}
