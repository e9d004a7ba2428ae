import Compute

/// A number that is small for filters with structure and large for noise.
///
/// It shall not depend on a filter's scale or sign.
public protocol NoiseStatistic: Sendable {
  /// One number for each filter of `[latents, pixels]`.
  func values(of filters: Matrix, team: ThreadTeam) -> [Double]
}

extension PhasePlane: NoiseStatistic {
  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    occupancies(of: filters, team: team)
  }
}

/// 1 − the correlation of neighbouring pixels: 0 for a constant, 1 for white noise.
public struct Roughness: NoiseStatistic {
  /// Columns of a patch.
  public let width: Int

  public init(width: Int) { self.width = width }

  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    team.map(filters.rows) { row in
      filters.elements.withUnsafeBufferPointer { elements in
        let w = UnsafeBufferPointer(
          rebasing: elements[row * filters.columns..<(row + 1) * filters.columns])
        var (products, energy) = (0.0, 0.0)
        for index in w.indices {
          energy += Double(w[index] * w[index])
          if (index + 1) % width != 0 { products += Double(w[index] * w[index + 1]) / 2 }
          if index + width < w.count { products += Double(w[index] * w[index + width]) / 2 }
        }
        return energy > 0 ? 1 - products / energy : 1
      }
    }
  }
}

/// 1 − the largest absolute cosine between a filter and any of some patches: 0 for a filter that is
/// one of them, as a prototype of a digit nearly is.
public struct Remoteness: NoiseStatistic {
  /// Patches of zero mean and unit norm, `[patches, pixels]`.
  private let patches: Matrix

  /// - Parameter data: patches as the model sees them, `[patches, pixels]`.
  public init(from data: Matrix) {
    let mean = columnSums(of: data).map { Float($0 / Double(max(1, data.rows))) }
    var centred = data
    for index in centred.elements.indices { centred.elements[index] -= mean[index % data.columns] }
    patches = Self.normalized(centred)
  }

  public func values(of filters: Matrix, team: ThreadTeam) -> [Double] {
    let normalized = Self.normalized(filters)
    return team.map(filters.rows) { row in
      let cosines = LinearAlgebra.product(
        patches, normalized.selectingRows([row]), transposeB: true)
      return 1 - Double(cosines.elements.reduce(0) { max($0, abs($1)) })
    }
  }

  /// Rows scaled to unit norm; rows of zeros stay.
  private static func normalized(_ matrix: Matrix) -> Matrix {
    var result = matrix
    for row in 0..<matrix.rows {
      let power = matrix.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
      guard power > 0 else { continue }
      let factor = Float(1 / squareRoot(power))
      for column in 0..<matrix.columns { result[row, column] *= factor }
    }
    return result
  }
}
