import Compute

extension Preprocessing {
  /// Learns mean patch, components and scale from training patches, and treats them accordingly.
  ///
  /// - Parameters:
  ///   - patches: `[patches, D]`, each patch's mean already removed where that was asked for;
  ///     changed in place: their pixels get variance 1.
  ///   - epsilon: for PCA and ZCA, as a share of the mean eigenvalue.
  /// - Throws: where all patches are alike.
  mutating func fit(_ patches: inout Matrix, epsilon: Double) throws(ImageDataError) {
    (mean, components, scale) = (nil, nil, 1)
    // Patches cut at random, without their own means, have a mean patch of (nearly) zero.
    let meanIsZero = kind == .cut && removesPatchMean
    if !meanIsZero || whitening == .pca || whitening == .zca {
      mean = PatchStatistics(of: patches).meanPatch.map { Float($0) }
    }
    var centred = patches
    finish(&centred)
    let spread = PatchStatistics(of: centred).pixelVariance
    guard spread > 0, spread.isFinite else {
      throw ImageDataError(
        spread == 0
          ? "all patches are constant: there is nothing to learn"
          : "the variance of the pixels is \(spread)",
        remedy: "expected images with contrast")
    }
    if whitening == .pca || whitening == .zca {
      components = try PrincipalComponents(of: centred, epsilon: epsilon)
      centred = patches
      finish(&centred)
    }
    let variance = PatchStatistics(of: centred).pixelVariance
    scale = Float(1 / squareRoot(variance))
    for index in centred.elements.indices { centred.elements[index] *= scale }
    patches = centred
  }
}
