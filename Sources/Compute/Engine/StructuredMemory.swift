import CKernels

/// What the structured posteriors of a batch share, and room to work on them.
final class StructuredMemory {
  /// ΦΦᵀ/σ² in tiles; empty where the D × D matrices are factored.
  let gram: UnsafeMutablePointer<Float>
  /// Φᵀ, rows of K; empty where the K × K ones are.
  let columns: UnsafeMutablePointer<Float>
  /// For each group of sixteen patches what the kernels sum up of Σ or ΣΦ; nil where nothing is
  /// learned.
  let covariances: UnsafeMutablePointer<Float>?
  /// Floats of a group in it.
  let covarianceCount: Int
  /// s of each latent.
  let scales: UnsafeMutablePointer<Float>
  /// ∂KL/∂log s of each group's latents; nil where they share one s.
  let scaleSlopes: UnsafeMutablePointer<Float>?
  /// For each group its other sums.
  let sums: UnsafeMutablePointer<svae_laplace_sums>
  /// For each thread, room for factors and for a group's log determinants.
  let scratch: [UnsafeMutablePointer<Float>]
  let logDeterminants: [UnsafeMutablePointer<Float>]
  private let owned: [AlignedArray]

  /// - Parameters:
  ///   - groups: the most in a chunk.
  ///   - isTrained: whether gradients are asked for.
  init(_ units: StructuredUnits, groups: Int, isTrained: Bool, threads: Int) {
    var owned: [AlignedArray] = []
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
      owned.append(AlignedArray(count: count))
      return owned[owned.count - 1].mutablePointer()
    }
    let (kernels, side) = (svae_kernels().pointee.structured, Int(SVAE_TILE_SIDE))
    let (latents, pixels) = (units.filters.inputs, units.filters.outputs)
    let gramCount = kernels.tiles(latents) * side * side
    let isByLatents = units.isByLatents
    gram = floats(isByLatents ? gramCount : 0)
    columns = floats(
      isByLatents ? 0 : (pixels + side - 1) / side * side * latents)
    covarianceCount = isByLatents ? gramCount : latents * DenseLayout.padded(pixels)
    covariances = isTrained ? floats(groups * covarianceCount) : nil
    let room = isByLatents ? kernels.scratch_of_latents(latents) : kernels.scratch_of_pixels(pixels)
    scales = floats(latents)
    scaleSlopes = isTrained && units.hasOwnScales ? floats(groups * latents) : nil
    scratch = (0..<threads).map { _ in floats(room) }
    logDeterminants = (0..<threads).map { _ in floats(Int(SVAE_GROUP)) }
    sums = .allocate(capacity: max(1, groups))
    sums.initialize(repeating: svae_laplace_sums(), count: max(1, groups))
    self.owned = owned
  }

  deinit { sums.deallocate() }
}
