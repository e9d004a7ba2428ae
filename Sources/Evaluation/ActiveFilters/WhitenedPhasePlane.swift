import Compute

/// How much of the plane of places × frequencies a filter occupies once the data's own spectrum is
/// taken out of it.
///
/// A pen stroke on a blurred digit is compact, but the blur, which most of the data shares, fills
/// the plane.
public struct WhitenedPhasePlane: NoiseStatistic {
  private let plane: PhasePlane
  private let whitening: SoftWhitening

  /// The statistic for patches of that size in pixels, after this whitening.
  public init(height: Int, width: Int, whitening: SoftWhitening) {
    plane = PhasePlane(height: height, width: width)
    self.whitening = whitening
  }

  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    plane.occupancies(of: whitening.whitened(filters), team: team)
  }
}
