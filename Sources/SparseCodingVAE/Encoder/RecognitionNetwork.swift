import Compute

/// The shape of the network that infers the posterior's mean μ and log scale ℓ from a patch.
///
/// Rectified linear units between the layers, none after the last.
public enum RecognitionNetwork: Hashable, Sendable {
  /// One trunk of the given widths, and one layer from its end to both heads.
  ///
  /// Wide trunks explain away best: with narrow ones filters blur into gratings.
  case trunk([Int])
  /// A common trunk, then a branch of its own for each head: Geadah et al. 2024 use 128, then
  /// 256, 256 for μ and 512, 512 for ℓ.
  case branches(trunk: [Int], mean: [Int], logScale: [Int])

  /// Geadah et al.'s network for 12×12 patches.
  public static let geadah = RecognitionNetwork.branches(
    trunk: [128], mean: [256, 256], logScale: [512, 512])

  /// The layers, in the order of computation, for patches of `pixels` pixels and `latents` latents.
  ///
  /// Layers that read the same input are one layer with the outputs side by side. The last
  /// activations hold μ in units 0 ..< latents and ℓ in units latents ..< 2·latents.
  package func layers(pixels: Int, latents: Int) -> [DenseLayerPlan] {
    switch self {
    case .trunk(let widths):
      var layers = stack(widths, named: "encoder.trunk", from: pixels)
      layers.append(
        DenseLayerPlan(
          inputs: widths.last ?? pixels, input: .init(stage: widths.count, unit: 0),
          output: .init(stage: widths.count + 1, unit: 0), rectified: false,
          parts: [("encoder.mean", latents), ("encoder.log_scale", latents)]))
      return layers

    case .branches(let trunk, let mean, let logScale):
      var layers = stack(trunk, named: "encoder.trunk", from: pixels)
      let meanWidths = mean + [latents]
      let logScaleWidths = logScale + [latents]
      let depth = max(meanWidths.count, logScaleWidths.count)
      let firstStage = trunk.count
      // Branches of unequal depth would end at different stages; a shared start needs equal ones.
      precondition(
        meanWidths.count == logScaleWidths.count, "branches of \(mean) and \(logScale) layers")
      for level in 0..<depth {
        let rectified = level < depth - 1
        let names = ["encoder.mean.\(level)", "encoder.log_scale.\(level)"]
        let widths = [meanWidths[level], logScaleWidths[level]]
        if level == 0 {
          layers.append(
            DenseLayerPlan(
              inputs: trunk.last ?? pixels, input: .init(stage: firstStage, unit: 0),
              output: .init(stage: firstStage + 1, unit: 0), rectified: rectified,
              parts: [(names[0], widths[0]), (names[1], widths[1])]))
        } else {
          let inputs = [meanWidths[level - 1], logScaleWidths[level - 1]]
          for branch in 0..<2 {
            layers.append(
              DenseLayerPlan(
                inputs: inputs[branch],
                input: .init(stage: firstStage + level, unit: branch == 0 ? 0 : inputs[0]),
                output: .init(stage: firstStage + level + 1, unit: branch == 0 ? 0 : widths[0]),
                rectified: rectified, parts: [(names[branch], widths[branch])]))
          }
        }
      }
      return layers
    }
  }

  private func stack(_ widths: [Int], named name: String, from pixels: Int) -> [DenseLayerPlan] {
    widths.indices.map { index in
      DenseLayerPlan(
        inputs: index == 0 ? pixels : widths[index - 1], input: .init(stage: index, unit: 0),
        output: .init(stage: index + 1, unit: 0), rectified: true,
        parts: [("\(name).\(index)", widths[index])])
    }
  }
}

/// One dense layer of a recognition network: where it reads, where it writes, what it is called.
package struct DenseLayerPlan: Sendable {
  /// A place among the activations: stage 0 is the patch itself, stage s what the s-th layer made.
  package struct Place: Sendable {
    package let stage: Int
    package let unit: Int
  }

  package let inputs: Int
  package let input: Place
  package let output: Place
  /// Whether the outputs pass through max(0, ·).
  package let rectified: Bool
  /// The layers as others know them, side by side in this one: names and widths.
  package let parts: [(name: String, outputs: Int)]

  package var outputs: Int { parts.reduce(0) { $0 + $1.outputs } }
}
