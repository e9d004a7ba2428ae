import Compute
import RealModule

/// How patches' power falls with spatial frequency, and how they fill their frames: what tells
/// photographs from digits, and whitened images from those that are not.
struct PatchSpectrum: Hashable, Sendable {
  /// Of log power over log frequency, from the lowest frequency to 0.25 cycles/pixel: about −2 for
  /// photographs, 0 for white noise and whitened images.
  let slope: Double
  /// Variance of the pixels along the border over that of all pixels: near 1 where patches are cut
  /// from larger images, near 0 where something stands in the middle.
  let borderShare: Double
  /// Share of pixels that have the smallest value of all: a background.
  let backgroundShare: Double

  /// Nil for patches that are too small, or without contrast.
  ///
  /// - Parameter patches: as they are in the images, `[patches, height·width]`, or in colour
  ///   `[patches, 3·height·width]`, of which the luminance counts; a thousand will do.
  init?(of patches: Matrix, _ size: ImageSize) {
    guard patches.rows > 0, size.height >= 6, size.width >= 6 else { return nil }
    let patches = patches.columns == size.area ? patches : Self.luminance(of: patches)
    var centred = patches
    removePatchMeans(&centred)
    guard let slope = Self.slope(of: centred, size) else { return nil }
    self.slope = slope
    let variances = (0..<size.area).map { pixel in
      let sums = (0..<patches.rows).reduce(into: (0.0, 0.0)) { sums, row in
        let value = Double(patches[row, pixel])
        sums = (sums.0 + value, sums.1 + value * value)
      }
      let mean = sums.0 / Double(patches.rows)
      return max(0, sums.1 / Double(patches.rows) - mean * mean)
    }
    let border = (0..<size.area).filter { pixel in
      let (y, x) = (pixel / size.width, pixel % size.width)
      return y == 0 || x == 0 || y == size.height - 1 || x == size.width - 1
    }
    let all = variances.reduce(0, +) / Double(size.area)
    borderShare =
      all > 0 ? border.reduce(0) { $0 + variances[$1] } / Double(border.count) / all : 0
    let smallest = patches.elements.min() ?? 0
    backgroundShare =
      Double(patches.elements.count { $0 == smallest }) / Double(patches.elements.count)
  }

  /// Whether the patches look as if cut from photographs.
  var isOfPhotographs: Bool { slope < -1.2 && borderShare > 0.5 && backgroundShare < 0.1 }

  /// Whether the images look whitened already.
  var isWhite: Bool { slope > -0.7 && borderShare > 0.5 && backgroundShare < 0.1 }

  private static func luminance(of patches: Matrix) -> Matrix {
    let area = patches.columns / 3
    return Matrix(
      rows: patches.rows, columns: area,
      elements: (0..<patches.rows).flatMap { row in
        let planes = (0..<3).map { Array(patches.row(row).dropFirst($0 * area).prefix(area)) }
        return Luminance.weigh(planes[0], planes[1], planes[2])
      })
  }

  /// The slope of the power of cosine transforms, for which borders need no window.
  private static func slope(of patches: Matrix, _ size: ImageSize) -> Double? {
    var power = [Double](repeating: 0, count: size.area)
    for row in 0..<patches.rows {
      let patch = RasterImage(
        height: size.height, width: size.width, pixels: Array(patches.row(row)))
      let transform = CosineTransform(of: patch)
      // swift-format-ignore: ReplaceForEachWithForLoop
      transform.forEach { y, x, value in
        // As of an orthonormal transform.
        let share = (y == 0 ? 0.5 : 1) * (x == 0 ? 0.5 : 1)
        power[y * size.width + x] += share * value * value
      }
    }
    var points: [(x: Double, y: Double)] = []
    for index in 1..<size.area {
      let frequency = CosineTransform.frequency(
        index / size.width, index % size.width, of: size)
      if frequency <= 0.25, power[index] > 0 {
        points.append((.log(frequency), .log(power[index])))
      }
    }
    let n = Double(points.count)
    let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
    let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard points.count > 2, spread > 0 else { return nil }
    return points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
  }
}

extension DataSource {
  /// Whether these are patches that look as if cut from photographs, by their spectrum; false of
  /// images from which patches are cut.
  ///
  /// - Throws: where the file cannot be read.
  public func arePatchesOfPhotographs() throws(ImageDataError) -> Bool {
    guard kind == .whole, case .arrays(let file, _, let reading) = self else { return false }
    let header = try imageArrayFormat(of: file).header(of: file, variable: reading.variable)
    let size = try ArrayLayout(header, reading).size
    let reader = try ArrayRowReader(path: file.path, reading: reading)
    guard reader.columns == size.area * reading.colour.channels, let patches = try reader.next(1024)
    else { return false }
    return PatchSpectrum(of: patches, size)?.isOfPhotographs ?? false
  }
}
