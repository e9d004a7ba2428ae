import Compute

/// A number that is small for filters with structure and large for noise.
///
/// It shall not depend on a filter's scale or sign.
public protocol NoiseStatistic: Sendable {
  /// One number for each filter of `[latents, pixels]`.
  func values(of filters: Matrix, team: ThreadTeam) -> [Double]
}

extension PhasePlane: NoiseStatistic {
  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    occupancies(of: filters, team: team)
  }
}
