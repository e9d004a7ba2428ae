import Compute
import RealModule

/// How much of the plane of places × spatial frequencies a filter occupies.
///
/// A filter w of height × width pixels, its mean removed, is taken apart by the discrete Gabor
/// transform with a Gaussian window g,
///
///     c(p, f) = Σ_x w(x) g(x − p) e^{−2πi f·x},
///
/// and its occupancy is the order-2 Rényi measure of the energies e = |c|²,
///
///     occupancy = (Σe)² / (N·Σe²) ∈ (0, 1],
///
/// the share of the N cells that carry its energy (Baraniuk et al. 2001, "Measuring
/// time–frequency information content using the Rényi entropies"). A Gabor function is the most
/// compact there is; an edge, a pen stroke, or a few strokes, or a grating are compact, being
/// narrow in places, in frequencies, or both. Noise is neither, whatever its spectrum; nor are
/// single pixels scattered over the patch. It is invariant to scale and sign.
///
/// With the data's own spectrum taken out of filters first (`SoftWhitening`) it also finds a pen
/// stroke on a blur that most of the data shares, and that fills the plane.
///
/// The window's standard deviation is √(side/3) pixels along each side and places stand that far
/// apart; frequencies stand 1/side cycles/pixel apart.
public struct PhasePlane: Sendable {
  /// Rows of a patch.
  public let height: Int
  /// Columns of a patch.
  public let width: Int
  private let vertical: Atoms
  private let horizontal: Atoms

  /// The statistic for patches of that size in pixels.
  public init(height: Int, width: Int) {
    precondition(height > 1 && width > 1, "patches of \(height) × \(width)")
    self.height = height
    self.width = width
    vertical = Atoms(side: height, half: false)
    // A real filter's energies at f and −f are equal: half the plane is enough.
    horizontal = Atoms(side: width, half: true)
  }

  /// The occupancies of filters `[latents, height·width]`; 1 for a filter that is constant.
  ///
  /// - Complexity: O(latents · height² · width) multiplications with a constant near 30, as GEMM.
  public func occupancies(of filters: Matrix, team: ThreadTeam) -> [Double] {
    precondition(
      filters.columns == height * width,
      "filters of \(filters.columns) pixels for patches of \(height) × \(width)")
    return team.map(filters.rows) { occupancy(of: filters.row($0)) }
  }

  private func occupancy(of filter: ArraySlice<Float>) -> Double {
    let mean = filter.reduce(0.0) { $0 + Double($1) } / Double(filter.count)
    let norm = Double.sqrt(filter.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) })
    if !(norm > 1e-6 * abs(mean) * .sqrt(Double(filter.count))) { return 1 }
    let image = Matrix(
      rows: height, columns: width, elements: filter.map { Float((Double($0) - mean) / norm) })
    let columns = LinearAlgebra.product(vertical.matrix, image)
    let plane = LinearAlgebra.product(columns, horizontal.matrix, transposeB: true)
    let (first, second) = momentSums(of: plane)
    let total = Double(vertical.count) * horizontal.weights.reduce(0, +)
    return first * first / (second * total)
  }

  /// Σe and Σe² over the plane's cells; `plane` holds its four quarters, (cos, cos), (cos, sin),
  /// (sin, cos), (sin, sin).
  private func momentSums(of plane: Matrix) -> (first: Double, second: Double) {
    let (rows, cells) = (vertical.count, horizontal.count)
    let quarter = rows * plane.columns
    var (first, second) = (0.0, 0.0)
    plane.elements.withUnsafeBufferPointer { plane in
      horizontal.weights.withUnsafeBufferPointer { weights in
        for r in 0..<rows {
          for c in 0..<cells {
            let cell = r * 2 * cells + c
            let real = plane[cell] - plane[cell + quarter + cells]
            let imaginary = plane[cell + cells] + plane[cell + quarter]
            let energy = Double(real * real + imaginary * imaginary)
            first += weights[c] * energy
            second += weights[c] * energy * energy
          }
        }
      }
    }
    return (first, second)
  }

  /// The windowed waves along one side.
  private struct Atoms: Sendable {
    /// Number of (place, frequency) pairs.
    let count: Int
    /// Cosine atoms, then sine atoms, `[2·count, side]`.
    let matrix: Matrix
    /// How many cells of the whole plane each pair stands for.
    let weights: [Double]

    init(side: Int, half: Bool) {
      let deviation = Double.sqrt(Double(side) / 3)
      let places = Int((Double(side) / deviation).rounded(.up))
      let frequencies = half ? side / 2 + 1 : side
      count = places * frequencies
      var matrix = Matrix(rows: 2 * count, columns: side)
      var weights: [Double] = []
      for place in 0..<places {
        let centre =
          Double(side - 1) / 2 + (Double(place) - Double(places - 1) / 2) * deviation
        for frequency in 0..<frequencies {
          let row = place * frequencies + frequency
          for x in 0..<side {
            let distance = (Double(x) - centre) / deviation
            let window = Double.exp(-distance * distance / 2)
            let phase = 2 * Double.pi * Double(frequency * x % side) / Double(side)
            matrix[row, x] = Float(window * Double.cos(phase))
            matrix[count + row, x] = Float(-window * Double.sin(phase))
          }
          let unpaired = !half || frequency == 0 || 2 * frequency == side
          weights.append(unpaired ? 1 : 2)
        }
      }
      self.matrix = matrix
      self.weights = weights
    }
  }
}
