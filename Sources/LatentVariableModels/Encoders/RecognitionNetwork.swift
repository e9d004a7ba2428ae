/// The shape of the network that infers the posterior's mean μ and log scale ℓ from a patch.
///
/// Rectified linear units between the layers, none after the last.
public enum RecognitionNetwork: PatchEncoder, Hashable {
  /// One trunk of the given widths, and one layer from its end to all heads.
  ///
  /// Wide trunks explain away best: with narrow ones filters blur into gratings.
  case trunk([Int])
  /// A common trunk, then a branch for each of the two heads: Geadah et al. 2024 use 128, then
  /// 256, 256 for μ and 512, 512 for ℓ.
  case branches(trunk: [Int], mean: [Int], logScale: [Int])

  /// Geadah et al.'s network for 12×12 patches.
  public static let geadah = RecognitionNetwork.branches(
    trunk: [128], mean: [256, 256], logScale: [512, 512])

  /// Layers that read the same input are one layer with the outputs side by side.
  public func layers(pixels: Int, heads: [DenseLayerPlan.Part]) -> [DenseLayerPlan] {
    switch self {
    case .trunk(let widths):
      stack(widths, from: pixels) + [
        DenseLayerPlan(
          inputs: widths.last ?? pixels, input: (widths.count, 0), output: (widths.count + 1, 0),
          rectified: false,
          parts: heads.map { .init(name: "encoder.\($0.name)", outputs: $0.outputs) })
      ]
    case .branches(let trunk, let mean, let logScale):
      stack(trunk, from: pixels)
        + branches([mean, logScale], of: heads, from: trunk.last ?? pixels, stage: trunk.count)
    }
  }

  /// A branch of layers for each head; the first layers of all branches are one.
  private func branches(
    _ widths: [[Int]], of heads: [DenseLayerPlan.Part], from inputs: Int, stage first: Int
  ) -> [DenseLayerPlan] {
    precondition(heads.count == widths.count, "\(widths.count) branches for \(heads.count) heads")
    let widths = zip(widths, heads).map { $0 + [$1.outputs] }
    let depth = widths[0].count
    // Branches of unequal depth would end at different stages; a shared start needs equal ones.
    precondition(widths.allSatisfy { $0.count == depth }, "branches of \(widths) layers")
    func part(_ branch: Int, _ level: Int) -> DenseLayerPlan.Part {
      .init(name: "encoder.\(heads[branch].name).\(level)", outputs: widths[branch][level])
    }
    var layers = [
      DenseLayerPlan(
        inputs: inputs, input: (first, 0), output: (first + 1, 0), rectified: depth > 1,
        parts: widths.indices.map { part($0, 0) })
    ]
    for level in 1..<max(1, depth) {
      for branch in widths.indices {
        func unit(_ level: Int) -> Int { widths[..<branch].reduce(0) { $0 + $1[level] } }
        layers.append(
          DenseLayerPlan(
            inputs: widths[branch][level - 1], input: (first + level, unit(level - 1)),
            output: (first + level + 1, unit(level)),
            rectified: level < depth - 1, parts: [part(branch, level)]))
      }
    }
    return layers
  }

  private func stack(_ widths: [Int], from pixels: Int) -> [DenseLayerPlan] {
    widths.indices.map { index in
      DenseLayerPlan(
        inputs: index == 0 ? pixels : widths[index - 1], input: (index, 0), output: (index + 1, 0),
        rectified: true,
        parts: [.init(name: "encoder.trunk.\(index)", outputs: widths[index])])
    }
  }
}
