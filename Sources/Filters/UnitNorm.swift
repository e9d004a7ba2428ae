import Compute

/// Projects every filter onto the unit sphere: φₖ ← φₖ / ‖φₖ‖₂.
///
/// This is the paper's idea. It keeps all filters in competition: none can fade until its latent is
/// ignored, and none can grow until it explains everything. Jiang & de la Iglesia 2021,
/// arXiv 2101.09453.
public struct UnitNorm: FilterConstraint {
  public static let name = "unit-norm"
  public static let parameters = [tangent]
  /// `tangent` as configurations name it.
  public static let tangent = Parameter.flag(
    "tangent", "the gradient's component along each filter is removed", standard: true)

  /// Whether the gradient's component along φₖ is removed before the step.
  ///
  /// Adam scales each pixel by its own gradient's size. Without this, noise along φₖ shrinks all
  /// pixels alike, the projection favours the largest, and filters end as single pixels.
  public var tangent: Bool

  /// The projection onto the sphere, and before the step onto its tangent or not.
  public init(tangent: Bool = Self.tangent.standard == 1) { self.tangent = tangent }

  public init(settings: [String: Double]) { self.init(tangent: settings[Self.tangent] == 1) }

  public func prepare(
    _ filter: FilterRow, gradient: FilterRow, _ state: inout NoState, _ context: ConstraintContext
  ) {
    if tangent { gradient.removeComponent(along: filter) }
  }

  public func project(_ filter: FilterRow, _ state: inout NoState) -> Bool { filter.normalize() }
}
