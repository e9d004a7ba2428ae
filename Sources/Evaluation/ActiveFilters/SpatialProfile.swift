import Compute

extension Matrix {
  /// What filters of several channels look like in space: of each, `[channels, area]`, the best
  /// product of one colour and one profile; the profile, `[rows, area]`, with the filter's norm as
  /// far as it goes. Rows of one channel are their own profiles.
  ///
  /// It is the first right singular vector times its singular value, lighter where it is positive.
  /// The profile of white noise has a direction that is uniform on the sphere, like that of noise
  /// in one channel: so what is measured on profiles keeps its null distribution.
  public func spatialProfiles(area: Int) -> Matrix {
    guard columns > area else { return self }
    precondition(columns % area == 0, "\(columns) values in channels of \(area)")
    let channels = columns / area
    var profiles = Matrix(rows: rows, columns: area)
    for row in 0..<rows {
      let filter = Matrix(rows: channels, columns: area, elements: Array(self.row(row)))
      let colour = filter.dominantColour
      for channel in 0..<channels {
        for pixel in 0..<area {
          profiles[row, pixel] += Float(colour[channel]) * filter[channel, pixel]
        }
      }
    }
    return profiles
  }

  /// The first left singular vector of `[channels, area]`, of which most values are positive; NaN
  /// where a value is not finite.
  private var dominantColour: [Double] {
    var gram = [Double](repeating: 0, count: rows * rows)
    for a in 0..<rows {
      for b in 0..<rows {
        gram[a * rows + b] = zip(row(a), row(b)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
    guard let eigen = LinearAlgebra.symmetricEigen(gram, order: rows) else {
      return [Double](repeating: .nan, count: rows)
    }
    let last = Array(eigen.vectors.suffix(rows))
    return last.reduce(0, +) < 0 ? last.map { -$0 } : last
  }
}
