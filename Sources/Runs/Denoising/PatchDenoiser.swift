import Compute
import ImageData
import SparseCoding
import SparseCodingVAE

/// Clean patches from noisy ones, in the space that the model lives in.
///
/// A clean patch, treated as the training data was, is w = Φᵀz + b + e with e ~ N(0, σ²I) and
/// zₖ ~ Laplace(sₖ); white noise of variance S² on the image's pixels comes to it with the known
/// covariance Σ. In the eigenbasis of Σ everything but Φ is diagonal: vᵢ = σ² + Σᵢ.
///
/// 1. ẑ maximises p(z | w): a lasso, min ½Σᵢ(wᵢ − bᵢ − (Φᵀz)ᵢ)²/vᵢ + Σₖ|zₖ|/sₖ.
/// 2. Given ẑ, the mean of the clean patch is ŵ = Φᵀẑ + b + (σ²/v)(w − b − Φᵀẑ): what the model
///    leaves unexplained is kept as far as it stands out of the noise. Without noise ŵ = w.
struct PatchDenoiser {
  private let preprocessing: Preprocessing
  private let bias: [Float]
  /// Eigenvectors of Σ, one a row.
  private let rotation: Matrix
  /// √vᵢ
  private let deviations: [Float]
  /// σ²/vᵢ
  private let shares: [Float]
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
    let own = statistics.residualVariance
    let variances = eigen.values.map { own + max($0, 0) }
    rotation = Matrix(rows: n, columns: n, elements: eigen.vectors.map { Float($0) })
    deviations = variances.map { Float($0.squareRoot()) }
    shares = variances.map { Float(own / $0) }
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
    let codes = solver.encode(patches, problem: problem, team: team).codes
    let explained = LinearAlgebra.product(codes, problem.dictionary)
    let n = patches.columns
    for index in patches.elements.indices {
      let guess = explained.elements[index]
      patches.elements[index] = guess + shares[index % n] * (patches.elements[index] - guess)
    }
    scaleColumns(&patches) { deviations[$0] }
    patches = LinearAlgebra.product(patches, rotation)
    shift(&patches, by: 1)
    patches = preprocessing.restored(patches)
    guard let means else { return }
    for index in patches.elements.indices { patches.elements[index] += means[index / n] }
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
