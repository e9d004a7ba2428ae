import CKernels

// Latents with exact zeros or counts, by their kernel.
extension CPUEngine {
  /// The kernel over some latents of a block.
  ///
  /// - Returns: `weight` · Σ ∂KL/∂log s.
  func run(
    _ kernel: AtomKernel, _ latents: LatentUnits, _ gradient: Buffer, _ block: Int,
    _ range: Range<Int>, _ weight: Float, _ scale: Double
  ) -> Float {
    guard let spread = latents.spread, let numbers = latents.numbers else { return .nan }
    let (first, isSlab) = (range.lowerBound, kernel.kind != .counts)
    func head(_ buffer: Buffer, _ index: Int) -> UnsafeMutablePointer<Float>? {
      isSlab ? row(buffer, block, index * latents.count + first) : nil
    }
    var planes = svae_atom_planes(
      latents: range.count, lanes: lanes(in: block), kind: Int32(kernel.kind.rawValue),
      scale: Float(scale), low: kernel.range.lowerBound, high: kernel.range.upperBound,
      weight: weight,
      number: memory.values + numbers.lowerBound + (numbers.count == 1 ? 0 : first),
      first: row(latents.heads, block, first), second: head(latents.heads, 1),
      third: head(latents.heads, 2), z: row(latents.z, block, first),
      variance: row(spread.variance, block, first), share: row(latents.slopes, block, first),
      kl: row(latents.divergence, block, first), d_first: row(gradient, block, first),
      d_second: head(gradient, 1), d_third: head(gradient, 2),
      number_slopes: memory.numberSlopes + block * latents.count + first)
    return atomKernels.draw(&planes)
  }

  /// ∂L/∂E z and ∂L/∂Var z of a latent, carried to its heads.
  func carryBack(_ kernel: AtomKernel, _ latents: LatentUnits, _ block: Int, _ latent: Int) {
    guard let spread = latents.spread else { return }
    let isSlab = kernel.kind != .counts
    func head(_ buffer: Buffer, _ index: Int) -> UnsafeMutablePointer<Float>? {
      isSlab ? row(buffer, block, index * latents.count + latent) : nil
    }
    var gradient = svae_atom_gradient(
      kind: Int32(kernel.kind.rawValue), low: kernel.range.lowerBound,
      high: kernel.range.upperBound, d_z: row(latents.zGradient, block, latent),
      d_variance: varianceSlope(of: latent, spread),
      first: row(latents.heads, block, latent), second: head(latents.heads, 1),
      z: row(latents.z, block, latent), variance: row(spread.variance, block, latent),
      share: row(latents.slopes, block, latent),
      d_first: row(latents.headGradient, block, latent), d_second: head(latents.headGradient, 1),
      d_third: head(latents.headGradient, 2))
    atomKernels.backward(&gradient)
  }
}
