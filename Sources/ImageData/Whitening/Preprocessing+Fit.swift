import Compute
import RealModule

extension Preprocessing {
  /// Learns mean patch, the whitening of channels, components and scale from training patches, and treats them accordingly.
  ///
  /// - Parameters:
  ///   - patches: `[patches, D]`, each patch's mean already removed where that was asked for;
  ///     changed in place: their pixels get variance 1.
  ///   - epsilon: for PCA, ZCA and channels, as a share of the mean eigenvalue.
  /// - Throws: where all patches are alike.
  mutating func fit(_ patches: inout Matrix, epsilon: Double) throws(ImageDataError) {
    (mean, components, scale) = (nil, nil, 1)
    colour?.components = nil
    let isByComponents = whitening == .pca || whitening == .zca
    // Patches cut at random, without their own means, have a mean patch of (nearly) zero.
    let meanIsZero = kind == .cut && removesPatchMean
    if !meanIsZero || isByComponents {
      let meanPatch = PatchStatistics(of: patches).meanPatch.map { Float($0) }
      patches.addToRows(meanPatch, times: -1)
      mean = meanPatch
    }
    try requireContrast(patches)
    if colour != nil && whitening == .olshausenField {
      let channels = try PrincipalComponents(
        of: ColourTreatment.pixels(of: patches), epsilon: epsilon)
      colour?.components = channels
      colour?.apply(to: &patches)
    }
    if isByComponents {
      try MemoryNeeds.requireCovariance(of: pixels, kind)
      let components = try PrincipalComponents(of: patches, epsilon: epsilon)
      patches = LinearAlgebra.product(
        patches, components.whiteningMatrix(whitening), transposeB: true)
      self.components = components
    }
    scale = Float(1 / .sqrt(PatchStatistics(of: patches).pixelVariance))
    multiply(&patches, by: scale)
  }

  private func requireContrast(_ patches: Matrix) throws(ImageDataError) {
    let variance = PatchStatistics(of: patches).pixelVariance
    // What rounding leaves of constant images is below any picture's contrast.
    if variance > 1e-12, variance.isFinite { return }
    guard variance.isFinite else {
      throw ImageDataError(
        "the variance of the pixels is \(variance)", remedy: "expected images with contrast")
    }
    guard patches.rows > 1 else {
      throw ImageDataError(
        "there is only one training patch, which is its own mean: nothing can be learned",
        remedy: "expected thousands of patches")
    }
    let isConstant = mean.map { ($0.max() ?? 0) - ($0.min() ?? 0) < 1e-6 } ?? true
    throw ImageDataError(
      isConstant
        ? "all patches are constant: there is nothing to learn"
        : "all \(patches.rows) training patches are the same: there is nothing to learn",
      remedy: isConstant ? "expected images with contrast" : "expected patches that differ")
  }
}
