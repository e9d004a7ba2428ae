import Compute

/// How much of the plane of places × frequencies a filter occupies once the data's own spectrum is
/// taken out of it.
///
/// A pen stroke on a blurred digit is compact, but the blur, which most of the data shares, fills
/// the plane. Filters w are whitened softly, (Σ + ε)^{−½}·w with the data's covariance Σ and ε three
/// times its mean eigenvalue, before their occupancy is measured (`PhasePlane`). Without so large an
/// ε, scattered pixels in a digit's empty margin would count as compact.
public struct WhitenedPhasePlane: NoiseStatistic {
  private let plane: PhasePlane
  /// (Σ + ε)^{−½}, `[pixels, pixels]`.
  private let whitening: Matrix

  /// Fits to patches as the model sees them, `[patches, height·width]`; nil where they hold NaN or
  /// infinity.
  public init?(height: Int, width: Int, data: Matrix) {
    plane = PhasePlane(height: height, width: width)
    let pixels = data.columns
    let centred = data.centred
    let scatter = LinearAlgebra.product(centred, centred, transposeA: true)
    let eigen = LinearAlgebra.symmetricEigen(
      scatter.elements.map { Double($0) / Double(data.rows) }, order: pixels)
    guard let (values, vectors) = eigen else { return nil }
    let floor = 3 * values.reduce(0, +) / Double(pixels)
    guard floor > 0 else { return nil }
    let basis = Matrix(rows: pixels, columns: pixels, elements: vectors.map { Float($0) })
    let deviations = values.map { Float(squareRoot(max($0, 0) + floor)) }
    var weighted = basis
    for index in weighted.elements.indices {
      weighted.elements[index] /= deviations[index / pixels]
    }
    whitening = LinearAlgebra.product(basis, weighted, transposeA: true)
  }

  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    plane.occupancies(of: LinearAlgebra.product(filters, whitening), team: team)
  }
}
