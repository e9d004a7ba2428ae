/// What a prior learns beside its scale: one number for all latents, or one for each.
///
/// The rule finds it in the heads, after the last that the encoder gives. Where each latent has its
/// own, q depends on the sum of the first head and this number, so that the number has that head's
/// gradient beside its `numberSlope`.
public struct PriorNumber: Hashable, Sendable {
  /// As tensors call it, such as "active_share_logit".
  public let name: String
  /// Whether all latents have the same.
  public let isShared: Bool
  /// Where it starts, uniformly drawn.
  public let start: ClosedRange<Double>

  /// A number of that name and start.
  public init(_ name: String, isShared: Bool, start: ClosedRange<Double>) {
    (self.name, self.isShared, self.start) = (name, isShared, start)
  }
}
