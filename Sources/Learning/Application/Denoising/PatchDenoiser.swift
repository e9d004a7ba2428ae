import Compute
import ImageData
import LatentVariableModels
import SparseCoding

/// Clean patches from noisy ones, in the space that the model lives in.
///
/// A clean patch, treated as the training data was, is w = Φᵀz + b + e with few codes z and a small
/// e ~ N(0, εI); white noise of variance S² on the image's pixels comes to it with the known
/// covariance Σ. In the eigenbasis of Σ everything but Φ is diagonal: vᵢ = ε + Σᵢ.
///
/// 1. ẑ has the fewest filters that explain the patch to within the noise,
///    Σᵢ(wᵢ − bᵢ − (Φᵀz)ᵢ)²/vᵢ ≤ C²·D, by orthogonal matching pursuit (Elad & Aharon 2006,
///    doi:10.1109/TIP.2006.881969).
/// 2. Where the filters cannot, what is left is kept as far as its energy stands out of the noise's.
struct PatchDenoiser {
  private let preprocessing: Preprocessing
  private let bias: [Float]
  /// Eigenvectors of Σ, one a row.
  private let rotation: Matrix
  /// √vᵢ
  private let deviations: [Float]
  private let problem: SparseCodingProblem
  /// ε, the variance that filters need not explain, per pixel of variance 1.
  private static let ownVariance = 0.002
  /// C, how far above the noise's standard deviation a patch may stay unexplained.
  private static let gain: Float = 1.07
  /// The mean error variance of a treated patch's pixels, codes taken as known.
  let errorVariance: Double

  /// - Parameter noise: S, in units of the image's pixels.
  /// - Throws: a `RunError` where the noise's covariance has no eigenvectors.
  init(
    _ model: SparseVAE, _ preprocessing: Preprocessing, noise: Double
  ) throws {
    self.preprocessing = preprocessing
    let n = preprocessing.pixels
    let covariance = preprocessing.noiseCovariance().map { $0 * noise * noise }
    guard let eigen = LinearAlgebra.symmetricEigen(covariance, order: n) else {
      throw RunError("the noise's covariance after whitening is not finite")
    }
    let own = Self.ownVariance
    let variances = eigen.values.map { own + max($0, 0) }
    rotation = Matrix(rows: n, columns: n, elements: eigen.vectors.map { Float($0) })
    deviations = variances.map { Float($0.squareRoot()) }
    errorVariance = variances.reduce(0) { $0 + own * ($1 - own) / $1 } / Double(n)
    bias = model.bias
    var dictionary = LinearAlgebra.product(model.filters, rotation, transposeB: true)
    for k in 0..<dictionary.rows {
      for i in 0..<n { dictionary[k, i] /= deviations[i] }
    }
    problem = SparseCodingProblem(dictionary: dictionary, sparsity: 0)
  }

  /// - Parameter patches: `[N, pixels]`, cut from the noisy image as `Preprocessing.whitened` makes
  ///   it; changed in place to the estimate of the same without noise.
  func denoise(_ patches: inout Matrix, team: ThreadTeam) {
    let means = preprocessing.removesPatchMean ? channelMeans(patches) : nil
    preprocessing.apply(to: &patches)
    patches.addToRows(bias, times: -1)
    patches = LinearAlgebra.product(patches, rotation, transposeB: true)
    scaleColumns(&patches) { 1 / deviations[$0] }
    let n = patches.columns
    // The energy that noise may have.
    let enough = Self.gain * Self.gain * Float(n)
    let pursuit = OrthogonalMatchingPursuit(activeAtoms: max(1, n / 2), residual: enough)
    let codes = pursuit.encode(patches, problem: problem, team: team).codes
    let explained = LinearAlgebra.product(codes, problem.dictionary)
    for row in 0..<patches.rows {
      let places = row * n..<(row + 1) * n
      let energy = places.reduce(0.0) { sum, place in
        let rest = Double(patches.elements[place] - explained.elements[place])
        return sum + rest * rest
      }
      let gain = max(0, 1 - enough / Float(max(energy, 1)))
      for place in places {
        let guess = explained.elements[place]
        patches.elements[place] = guess + gain * (patches.elements[place] - guess)
      }
    }
    scaleColumns(&patches) { deviations[$0] }
    patches = LinearAlgebra.product(patches, rotation)
    patches.addToRows(bias)
    patches = preprocessing.restored(patches)
    guard let means else { return }
    let area = preprocessing.patch.area
    for index in patches.elements.indices { patches.elements[index] += means[index / area] }
  }

  /// Of each channel of each patch.
  private func channelMeans(_ patches: Matrix) -> [Float] {
    let area = preprocessing.patch.area
    return stride(from: 0, to: patches.elements.count, by: area).map { start in
      Float(patches.elements[start..<start + area].reduce(0.0) { $0 + Double($1) } / Double(area))
    }
  }

  private func scaleColumns(_ patches: inout Matrix, _ factor: (Int) -> Float) {
    let factors = (0..<patches.columns).map(factor)
    for index in patches.elements.indices {
      patches.elements[index] *= factors[index % factors.count]
    }
  }
}
