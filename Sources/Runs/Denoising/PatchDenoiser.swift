import Compute
import ImageData
import SparseCoding
import SparseCodingVAE

/// Clean patches from noisy ones, in the space that the model lives in.
///
/// A clean patch, treated as the training data was, is w = Φᵀz + b + e with zₖ ~ Laplace(g·sₖ) and
/// a small e ~ N(0, εI); white noise of variance S² on the image's pixels comes to it with the known
/// covariance Σ. In the eigenbasis of Σ everything but Φ is diagonal: vᵢ = ε + Σᵢ.
///
/// 1. ẑ maximises p(z | w): a lasso, min ½Σᵢ(wᵢ − bᵢ − (Φᵀz)ᵢ)²/vᵢ + Σₖ|zₖ|/(g·sₖ). The patch's
///    contrast g is 1 at first, then the mean of |ẑₖ|/sₖ: flat patches become flatter, and edges
///    are shrunken less.
/// 2. What ẑ leaves unexplained is kept as far as its energy stands out of the noise's: a Wiener
///    gain for each patch.
struct PatchDenoiser {
  private let preprocessing: Preprocessing
  private let bias: [Float]
  /// Eigenvectors of Σ, one a row.
  private let rotation: Matrix
  /// √vᵢ
  private let deviations: [Float]
  private let problem: SparseCodingProblem
  private let solver = ActiveSetNewton(tolerance: 1e-3)
  /// The mean error variance of a treated patch's pixels, codes taken as known.
  let errorVariance: Double

  /// - Parameter noise: S, in units of the image's pixels.
  /// - Throws: a `RunError` where the noise's covariance has no eigenvectors.
  init(
    _ model: SparseVAE, _ preprocessing: Preprocessing, _ statistics: CodeStatistics,
    noise: Double
  ) throws {
    self.preprocessing = preprocessing
    let n = preprocessing.pixels
    let covariance = preprocessing.noiseCovariance().map { $0 * noise * noise }
    guard let eigen = LinearAlgebra.symmetricEigen(covariance, order: n) else {
      throw RunError("the noise's covariance after whitening is not finite")
    }
    let own = CodeStatistics.residualVariance
    let variances = eigen.values.map { own + max($0, 0) }
    rotation = Matrix(rows: n, columns: n, elements: eigen.vectors.map { Float($0) })
    deviations = variances.map { Float($0.squareRoot()) }
    errorVariance = variances.reduce(0) { $0 + own * ($1 - own) / $1 } / Double(n)
    bias = model.bias
    var dictionary = LinearAlgebra.product(model.filters, rotation, transposeB: true)
    for k in 0..<dictionary.rows {
      for i in 0..<n { dictionary[k, i] *= statistics.scales[k] / deviations[i] }
    }
    problem = SparseCodingProblem(dictionary: dictionary, sparsity: 1)
  }

  /// - Parameter patches: `[N, pixels]`, cut from the noisy image as `Preprocessing.whitened` makes
  ///   it; changed in place to the estimate of the same without noise.
  func denoise(_ patches: inout Matrix, team: ThreadTeam) {
    let means = preprocessing.removesPatchMean ? rowMeans(patches) : nil
    preprocessing.apply(to: &patches)
    shift(&patches, by: -1)
    patches = LinearAlgebra.product(patches, rotation, transposeB: true)
    scaleColumns(&patches) { 1 / deviations[$0] }
    let explained = LinearAlgebra.product(codes(of: patches, team: team), problem.dictionary)
    let n = patches.columns
    for row in 0..<patches.rows {
      let places = row * n..<(row + 1) * n
      let energy = places.reduce(0.0) { sum, place in
        let rest = Double(patches.elements[place] - explained.elements[place])
        return sum + rest * rest
      }
      // Noise alone has the energy n.
      let gain = Float(max(0, 1 - Double(n) / max(energy, 1)))
      for place in places {
        let guess = explained.elements[place]
        patches.elements[place] = guess + gain * (patches.elements[place] - guess)
      }
    }
    scaleColumns(&patches) { deviations[$0] }
    patches = LinearAlgebra.product(patches, rotation)
    shift(&patches, by: 1)
    patches = preprocessing.restored(patches)
    guard let means else { return }
    for index in patches.elements.indices { patches.elements[index] += means[index / n] }
  }

  /// ẑₖ/sₖ, `[N, latents]`.
  ///
  /// - Parameter patches: rotated, and divided by their deviations.
  private func codes(of patches: Matrix, team: ThreadTeam) -> Matrix {
    let first = solver.encode(patches, problem: problem, team: team).codes
    let contrasts = (0..<first.rows).map { row in
      let mean = first.row(row).reduce(0.0) { $0 + Double(abs($1)) } / Double(first.columns)
      return Float(min(max(mean, 0.1), 10))
    }
    // The codes of g times the patch, divided by g, are those of the patch with 1/g the penalty.
    var scaled = patches
    scaleRows(&scaled) { contrasts[$0] }
    var codes = solver.encode(scaled, problem: problem, team: team).codes
    scaleRows(&codes) { 1 / contrasts[$0] }
    return codes
  }

  private func scaleRows(_ matrix: inout Matrix, _ factor: (Int) -> Float) {
    for row in 0..<matrix.rows {
      let scale = factor(row)
      for column in 0..<matrix.columns { matrix[row, column] *= scale }
    }
  }

  private func rowMeans(_ patches: Matrix) -> [Float] {
    (0..<patches.rows).map { row in
      Float(patches.row(row).reduce(0.0) { $0 + Double($1) } / Double(patches.columns))
    }
  }

  /// Adds the bias so many times.
  private func shift(_ patches: inout Matrix, by factor: Float) {
    for index in patches.elements.indices {
      patches.elements[index] += factor * bias[index % bias.count]
    }
  }

  private func scaleColumns(_ patches: inout Matrix, _ factor: (Int) -> Float) {
    let factors = (0..<patches.columns).map(factor)
    for index in patches.elements.indices {
      patches.elements[index] *= factors[index % factors.count]
    }
  }
}
