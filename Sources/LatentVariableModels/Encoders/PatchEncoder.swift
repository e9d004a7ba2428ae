/// Infers from a patch what the latents' posteriors need to know: the heads.
///
/// An encoder states its dense layers; their weights' names and places, the passes forward and back,
/// and the reference in double precision follow. Layers of the same names share their weights.
public protocol PatchEncoder: Sendable {
  /// The layers in the order of computation: from the patch, stage 0, to the heads side by side in
  /// the last stage.
  ///
  /// - Parameter heads: the numbers that are wanted, in order: what they are called, such as
  ///   "log_scale", and how many there are.
  func layers(pixels: Int, heads: [DenseLayerPlan.Part]) -> [DenseLayerPlan]
}
